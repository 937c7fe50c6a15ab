#include <algorithm>
#include <cmath>

#include "backend/replication/status.h"

namespace replicafs {
namespace {

constexpr uint64_t kRateMsMin = 1000;
constexpr int64_t kFreshSeconds = 10;

// The slower of the two ways through the backlog: event by event, and byte by byte.
std::optional<uint64_t> Remaining(const LinkStatus& status, double seconds) {
  const LinkProgress& progress = status.progress;
  const auto per_second = [&](uint64_t count) { return static_cast<double>(count) / seconds; };
  const uint64_t under_way = std::min(progress.current_done_bytes, status.pending_bytes);
  const auto bytes_left = static_cast<double>(status.pending_bytes - under_way);
  const auto events_left = static_cast<double>(status.head - std::min(status.cursor, status.head));
  double remaining = 0;
  if (bytes_left > 0) {
    if (progress.rate.logical_bytes == 0) return std::nullopt;
    remaining = bytes_left / per_second(progress.rate.logical_bytes);
  } else if (progress.rate.events == 0) {
    return std::nullopt;
  }
  if (progress.rate.events > 0)
    remaining = std::max(remaining, events_left / per_second(progress.rate.events));
  return static_cast<uint64_t>(std::ceil(remaining));
}

}  // namespace

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
                   .remaining_seconds = Remaining(status, seconds)};
}

}  // namespace replicafs
