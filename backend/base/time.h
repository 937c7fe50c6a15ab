// Moments, with the resolution of Azure's version ids: 100 nanoseconds.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace replicafs {

struct Timestamp {
  static constexpr int64_t kTicksPerSecond = 10'000'000;

  int64_t ticks = 0;  // 100 ns since 1970-01-01T00:00:00Z; negative before it

  auto operator<=>(const Timestamp&) const = default;

  int64_t nanoseconds() const { return ticks * 100; }
};

// "2026-11-20T20:31:07.1234567Z", always with seven digits.
std::string ToString(Timestamp time);

// The form of ToString with zero to nine digits of a second (cut after the seventh). nullopt for
// anything else, impossible dates included.
std::optional<Timestamp> ParseTimestamp(std::string_view text);

}  // namespace replicafs
