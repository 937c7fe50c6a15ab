#include "backend/base/time.h"

#include <fmt/format.h>

#include <chrono>

namespace replicafs {
namespace {

// Reads exactly `digits` decimal digits at `position`.
std::optional<int> Number(std::string_view text, size_t position, size_t digits) {
  if (position + digits > text.size()) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(position, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// "" or ".1" to ".123456789", as ticks.
std::optional<int64_t> Fraction(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] != '.' || text.size() < 2 || text.size() > 10) return std::nullopt;
  int64_t ticks = 0;
  for (size_t i = 0; i < 7; ++i) ticks = ticks * 10 + (i + 1 < text.size() ? text[i + 1] - '0' : 0);
  for (const char c : text.substr(1)) {
    if (c < '0' || c > '9') return std::nullopt;
  }
  return ticks;
}

}  // namespace

std::string ToString(Timestamp time) {
  namespace chrono = std::chrono;
  int64_t seconds = time.ticks / Timestamp::kTicksPerSecond;
  int64_t fraction = time.ticks % Timestamp::kTicksPerSecond;
  if (fraction < 0) {
    fraction += Timestamp::kTicksPerSecond;
    --seconds;
  }
  const chrono::sys_seconds moment{chrono::seconds(seconds)};
  const auto day = chrono::floor<chrono::days>(moment);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(moment - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     fraction);
}

std::optional<Timestamp> ParseTimestamp(std::string_view text) {
  namespace chrono = std::chrono;
  constexpr std::string_view kShape = "0000-00-00T00:00:00";
  if (text.size() < kShape.size() + 1 || text.back() != 'Z') return std::nullopt;
  for (const size_t position : {4U, 7U, 10U, 13U, 16U}) {
    if (text[position] != kShape[position]) return std::nullopt;
  }
  const auto year = Number(text, 0, 4);
  const auto month = Number(text, 5, 2);
  const auto day = Number(text, 8, 2);
  const auto hour = Number(text, 11, 2);
  const auto minute = Number(text, 14, 2);
  const auto second = Number(text, 17, 2);
  const auto fraction = Fraction(text.substr(kShape.size(), text.size() - kShape.size() - 1));
  if (!year || !month || !day || !hour || !minute || !second || !fraction) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const chrono::year_month_day date{chrono::year(*year),
                                    chrono::month(static_cast<unsigned>(*month)),
                                    chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const auto moment = chrono::sys_days(date) + chrono::hours(*hour) + chrono::minutes(*minute) +
                      chrono::seconds(*second);
  const int64_t seconds = chrono::duration_cast<chrono::seconds>(moment.time_since_epoch()).count();
  return Timestamp{seconds * Timestamp::kTicksPerSecond + *fraction};
}

}  // namespace replicafs
