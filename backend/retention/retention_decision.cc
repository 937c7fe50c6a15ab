#include "backend/retention/retention_decision.h"

#include <algorithm>
#include <optional>

namespace replicafs {
namespace {

bool IsOlder(const BlobInfo& version, uint32_t days, Timestamp now) {
  constexpr int64_t kTicksPerDay = Timestamp::kTicksPerSecond * 86'400;
  return version.ended.ticks < now.ticks - int64_t{days} * kTicksPerDay;
}

// `newer` previous versions of the blob are newer than this one.
std::optional<RetentionAction> Decide(const BlobInfo& version, uint64_t newer,
                                      const RetentionRules& rules, Timestamp now) {
  const bool let_go = (!rules.keep_versions || newer >= *rules.keep_versions) &&
                      (!rules.keep_days || IsOlder(version, *rules.keep_days, now));
  if (rules.removes() && let_go)
    return RetentionAction{.version = version.version, .size_bytes = version.size_bytes};
  if (!rules.move || version.properties.tier >= rules.move->tier ||
      !IsOlder(version, rules.move->after_days, now)) {
    return std::nullopt;
  }
  return RetentionAction{.kind = RetentionAction::Kind::kMove,
                         .version = version.version,
                         .size_bytes = version.size_bytes,
                         .tier = rules.move->tier};
}

}  // namespace

RetentionDecision DecideRetention(const std::vector<BlobInfo>& versions,
                                  const RetentionRules& rules, Timestamp now,
                                  const std::function<bool(const BlobInfo&)>& is_needed) {
  RetentionDecision decision;
  uint64_t newer = 0;
  for (const BlobInfo& version : versions) {
    if (version.is_current) continue;
    const auto action = Decide(version, newer++, rules, now);
    if (!action) continue;
    if (is_needed(version)) {
      ++decision.held;
    } else {
      decision.actions.push_back(*action);
    }
  }
  // Interrupted, a history lacks its beginning and has no gap.
  std::reverse(decision.actions.begin(), decision.actions.end());
  return decision;
}

}  // namespace replicafs
