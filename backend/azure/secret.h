// What opens an account: keys, signatures, tokens.
#pragma once

#include <ostream>
#include <string>
#include <utility>

#include "backend/base/content_key.h"

namespace replicafs::azure {

// Does not print, and is cleared from memory when it ends.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
  ~Secret() { ClearSecret(bytes_); }
  Secret(const Secret&) = default;
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      ClearSecret(bytes_);
      bytes_ = other.bytes_;
    }
    return *this;
  }

  bool empty() const { return bytes_.empty(); }
  // For what signs or sends it; never for a message.
  const std::string& Reveal() const { return bytes_; }

  bool operator==(const Secret&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "(secret)"; }

 private:
  std::string bytes_;
};

}  // namespace replicafs::azure
