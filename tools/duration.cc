#include "tools/duration.h"

#include <charconv>
#include <cstdint>

namespace replicafs {

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  constexpr int64_t kDayMs = 86'400'000;
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count < 0) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  int64_t unit_ms = 0;
  if (unit == "ms") unit_ms = 1;
  if (unit == "s" || unit.empty()) unit_ms = 1000;
  if (unit == "m") unit_ms = 60'000;
  if (unit == "h") unit_ms = 3'600'000;
  if (unit == "d") unit_ms = kDayMs;
  if (unit_ms == 0 || count > 3650 * kDayMs / unit_ms) return std::nullopt;
  return std::chrono::milliseconds(count * unit_ms);
}

}  // namespace replicafs
