#include "backend/azure/retry.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "backend/azure/http_date.h"

namespace replicafs::azure {
namespace {

using std::chrono::milliseconds;

std::optional<int64_t> Number(std::optional<std::string_view> text) {
  int64_t number = 0;
  if (!text) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size() || number < 0) return std::nullopt;
  return std::min<int64_t>(number, 24 * 3'600'000);
}

}  // namespace

std::optional<milliseconds> NextPause(const RetryOptions& options, const FailedAttempt& failed) {
  if (failed.passing == Passing::kNo) return std::nullopt;
  // What takes minutes is bounded by the deadline alone.
  if (failed.passing == Passing::kSoon && failed.attempt >= options.attempts_max)
    return std::nullopt;
  milliseconds pause = options.base_pause;
  for (int i = 1; i < failed.attempt && pause < options.max_pause; ++i) pause *= 2;
  pause = std::min(pause, options.max_pause);
  const double part = 0.5 + failed.random / 2;
  pause = milliseconds(static_cast<int64_t>(static_cast<double>(pause.count()) * part));
  if (failed.asked_pause) pause = std::max(pause, *failed.asked_pause);
  // An attempt must fit behind the pause.
  if (pause >= failed.left) return std::nullopt;
  return pause;
}

std::optional<milliseconds> AskedPause(const HttpResponse& response) {
  for (const char* name : {"retry-after-ms", "x-ms-retry-after-ms"}) {
    if (const auto number = Number(response.Header(name))) return milliseconds(*number);
  }
  const auto text = response.Header("Retry-After");
  if (const auto number = Number(text)) return std::chrono::seconds(*number);
  const auto until = ParseHttpDate(text.value_or(""));
  const auto now = ParseHttpDate(response.Header("Date").value_or(""));
  if (!until || !now) return std::nullopt;
  return milliseconds(
      std::max<int64_t>(0, (until->ticks - now->ticks) / (Timestamp::kTicksPerSecond / 1000)));
}

Passing PassingOf(const Error& transport_error) {
  return transport_error.code == ErrorCode::kUnavailable ||
                 transport_error.code == ErrorCode::kTimeout
             ? Passing::kSoon
             : Passing::kNo;
}

}  // namespace replicafs::azure
