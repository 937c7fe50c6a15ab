// The name of an immutable state of a blob.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "backend/base/time.h"

namespace replicafs {

// Azure's form: the UTC time of the version with seven digits of a second. Strictly increasing in
// an account, so also per blob, whatever the clock does. Zero ticks stands for "no version".
struct VersionId {
  int64_t ticks = 0;

  auto operator<=>(const VersionId&) const = default;
  explicit operator bool() const { return ticks != 0; }
  Timestamp time() const { return Timestamp{ticks}; }
};

inline std::string ToString(VersionId version) {
  return ToString(version.time());
}

inline std::optional<VersionId> ParseVersionId(std::string_view text) {
  const auto time = ParseTimestamp(text);
  if (!time || time->ticks <= 0) return std::nullopt;
  return VersionId{time->ticks};
}

}  // namespace replicafs
