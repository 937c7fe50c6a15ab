#include "backend/retention/retention_decision.h"

#include <algorithm>
#include <optional>

#include "backend/blob/blob_type.h"

namespace replicafs {
namespace {

bool IsOlder(Timestamp since, uint32_t days, Timestamp now) {
  constexpr int64_t kTicksPerDay = Timestamp::kTicksPerSecond * 86'400;
  return since.ticks < now.ticks - int64_t{days} * kTicksPerDay;
}

std::optional<RetentionAction> Move(const BlobInfo& version, const std::optional<TierMove>& move,
                                    Timestamp since, Timestamp now) {
  if (!move || version.properties.tier >= move->tier || !IsOlder(since, move->after_days, now))
    return std::nullopt;
  return RetentionAction{.kind = RetentionAction::Kind::kMove,
                         .version = version.version,
                         .size_bytes = version.size_bytes,
                         .tier = move->tier};
}

std::optional<RetentionAction> DecideCurrent(const BlobInfo& version, const RetentionRules& rules,
                                             Timestamp now) {
  if (TypeOf(version.properties.metadata) != BlobType::kFile) return std::nullopt;
  const Timestamp since = version.version.time();
  if (rules.current_delete_days && IsOlder(since, *rules.current_delete_days, now))
    return RetentionAction{.kind = RetentionAction::Kind::kEnd,
                           .version = version.version,
                           .size_bytes = version.size_bytes,
                           .etag = version.etag};
  return Move(version, rules.current_move, since, now);
}

// `newer` previous versions of the blob are newer than this one.
std::optional<RetentionAction> DecidePrevious(const BlobInfo& version, uint64_t newer,
                                              const RetentionRules& rules, Timestamp now) {
  const bool let_go = (!rules.keep_versions || newer >= *rules.keep_versions) &&
                      (!rules.keep_days || IsOlder(version.ended, *rules.keep_days, now));
  if (rules.removes() && let_go)
    return RetentionAction{.version = version.version, .size_bytes = version.size_bytes};
  return Move(version, rules.move, version.ended, now);
}

}  // namespace

RetentionDecision DecideRetention(const std::vector<BlobInfo>& versions,
                                  const RetentionRules& rules, Timestamp now,
                                  const std::function<bool(const BlobInfo&)>& is_needed) {
  RetentionDecision decision;
  uint64_t newer = 0;
  for (const BlobInfo& version : versions) {
    const auto action = version.is_current ? DecideCurrent(version, rules, now)
                                           : DecidePrevious(version, newer++, rules, now);
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
