#include "backend/azure/http_date.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace replicafs::azure {
namespace {

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string HttpDate(Timestamp time) {
  namespace chrono = std::chrono;
  const auto seconds = chrono::floor<chrono::seconds>(
      chrono::duration<int64_t, std::ratio<1, Timestamp::kTicksPerSecond>>(time.ticks));
  const chrono::sys_seconds moment(seconds);
  const auto day = chrono::floor<chrono::days>(moment);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(moment - day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     kDays[chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

std::optional<Timestamp> ParseHttpDate(std::string_view text) {
  constexpr std::string_view kShape = "Fri, 20 Nov 2026 20:21:37 GMT";
  if (text.size() != kShape.size() || !text.ends_with(" GMT") || text.substr(3, 2) != ", " ||
      text[7] != ' ' || text[11] != ' ' || text[16] != ' ') {
    return std::nullopt;
  }
  if (std::find(kDays.begin(), kDays.end(), text.substr(0, 3)) == kDays.end()) return std::nullopt;
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  if (month == kMonths.end()) return std::nullopt;
  return ParseTimestamp(fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4),
                                    month - kMonths.begin() + 1, text.substr(5, 2),
                                    text.substr(17, 8)));
}

}  // namespace replicafs::azure
