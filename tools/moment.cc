#include "tools/moment.h"

#include <charconv>
#include <optional>

#include "tools/duration.h"

namespace replicafs {
namespace {

constexpr size_t kOffsetChars = 6;  // "+02:00"

std::optional<int64_t> TwoDigits(std::string_view text, int64_t max) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool all = error == std::errc() && end == text.data() + text.size() && text[0] != '-';
  if (!all || value > max) return std::nullopt;
  return value;
}

// With "Z" or an offset from UTC at its end.
std::optional<Timestamp> ParseAbsolute(std::string_view text) {
  if (const auto utc = ParseTimestamp(text)) return utc;
  if (text.size() <= kOffsetChars) return std::nullopt;
  const std::string_view offset = text.substr(text.size() - kOffsetChars);
  if ((offset[0] != '+' && offset[0] != '-') || offset[3] != ':') return std::nullopt;
  const auto local = ParseTimestamp(std::string(text.substr(0, text.size() - kOffsetChars)) + "Z");
  const auto hours = TwoDigits(offset.substr(1, 2), 23);
  const auto minutes = TwoDigits(offset.substr(4, 2), 59);
  if (!local || !hours || !minutes) return std::nullopt;
  const int64_t ticks = (*hours * 60 + *minutes) * 60 * Timestamp::kTicksPerSecond;
  return Timestamp{offset[0] == '+' ? local->ticks - ticks : local->ticks + ticks};
}

std::optional<Timestamp> Parse(std::string_view text, Timestamp now) {
  if (!text.starts_with('-')) return ParseAbsolute(text);
  const auto ago = ParseDuration(text.substr(1));
  if (!ago) return std::nullopt;
  return Timestamp{now.ticks - ago->count() * (Timestamp::kTicksPerSecond / 1000)};
}

}  // namespace

Result<Timestamp> ParseMoment(std::string_view option, std::string_view text, Timestamp now) {
  const auto moment = Parse(text, now);
  if (!moment || moment->ticks <= 0)
    return Error{ErrorCode::kInvalid, std::string(option) + " '" + std::string(text) +
                                          "' is no moment: write " + kMomentText};
  if (*moment > now)
    return Error{ErrorCode::kInvalid,
                 std::string(option) + " " + ToString(*moment) + " has not come yet"};
  return *moment;
}

}  // namespace replicafs
