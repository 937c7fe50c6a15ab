// The compact binary form of values in tables (FORMAT.md): little numbers take one byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "backend/base/result.h"

namespace replicafs::embedded {

class Encoder {
 public:
  void Byte(uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void Number(uint64_t value);       // 7 bits a byte, lowest first
  void Signed(int64_t value);        // zigzag, then as Number
  void Text(std::string_view text);  // its length, then its bytes
  void Raw(std::span<const uint8_t> bytes);
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what an Encoder wrote. After a read beyond the end, or of something malformed, every read
// gives zero and Finish fails, so callers check once.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}

  uint8_t Byte();
  uint8_t Choice(uint8_t count);  // a byte below the count
  uint64_t Number();
  int64_t Signed();
  void SkipNumbers(size_t count);  // of either kind
  std::string_view Text();
  void Raw(std::span<uint8_t> into);
  // A number of things that take at least one byte each.
  size_t Count();
  void Fail() { failed_ = true; }
  std::string_view Rest();
  bool failed() const { return failed_; }

  // kCorrupt unless everything was read and well-formed; `what` names the value.
  // Whether nothing is left: what later releases have added is not there.
  bool at_end() const { return rest_.empty(); }
  Status Finish(std::string_view what) const;

 private:
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace replicafs::embedded
