// What a file should hold: bytes in memory. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace replicafs {

class FileModel {
 public:
  size_t size() const { return bytes_.size(); }
  const std::string& bytes() const { return bytes_; }

  // Up to `length` bytes, fewer at the end.
  std::string_view Read(size_t offset, size_t length) const {
    return offset >= size() ? std::string_view() : std::string_view(bytes_).substr(offset, length);
  }
  void Write(size_t offset, std::string_view bytes) {
    Grow(offset + bytes.size());
    std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
  }
  void Truncate(size_t size) { bytes_.resize(size); }
  void Grow(size_t size) { bytes_.resize(std::max(size, bytes_.size())); }
  // Zeros as far as the file goes.
  void Zero(size_t offset, size_t length) {
    const size_t end = std::min(offset + length, size());
    for (size_t i = offset; i < end; ++i) bytes_[i] = '\0';
  }

 private:
  std::string bytes_;
};

}  // namespace replicafs
