#include <algorithm>
#include <cmath>

#include "backend/replication/status.h"

namespace replicafs {
namespace {

constexpr uint64_t kRateMsMin = 1000;
constexpr int64_t kFreshSeconds = 10;

std::optional<uint64_t> Remaining(const LinkStatus& status) {
  const uint64_t under_way = std::min(status.progress.current_done_bytes, status.pending_bytes);
  return SecondsToCopy(status.progress.rate, status.head - std::min(status.cursor, status.head),
                       status.pending_bytes - under_way);
}

}  // namespace

std::optional<uint64_t> SecondsToCopy(const LinkRate& rate, uint64_t events, uint64_t bytes) {
  if (rate.milliseconds == 0 || (bytes > 0 ? rate.logical_bytes : rate.events) == 0)
    return std::nullopt;
  const double seconds = static_cast<double>(rate.milliseconds) / 1000;
  const auto time_of = [&](uint64_t count, uint64_t measured) {
    return static_cast<double>(count) * seconds / static_cast<double>(measured);
  };
  double longest = bytes > 0 ? time_of(bytes, rate.logical_bytes) : 0;
  if (rate.events > 0) longest = std::max(longest, time_of(events, rate.events));
  return static_cast<uint64_t>(std::ceil(longest));
}

std::optional<LinkSpeed> SpeedOf(const LinkStatus& status, Timestamp now) {
  const LinkProgress& progress = status.progress;
  const LinkRate& rate = progress.rate;
  const int64_t age = now.ticks - progress.updated.ticks;
  if (!status.running || !progress.last_error.empty() || status.pending_operations == 0 ||
      rate.milliseconds < kRateMsMin || age > kFreshSeconds * Timestamp::kTicksPerSecond) {
    return std::nullopt;
  }
  const double seconds = static_cast<double>(rate.milliseconds) / 1000;
  return LinkSpeed{.versions_per_second = static_cast<double>(rate.versions) / seconds,
                   .logical_bytes_per_second = static_cast<double>(rate.logical_bytes) / seconds,
                   .sent_bytes_per_second = static_cast<double>(rate.sent_bytes) / seconds,
                   .remaining_seconds = Remaining(status)};
}

}  // namespace replicafs
