// What a container's rules mean for one blob: a pure function.
#pragma once

#include <functional>
#include <vector>

#include "backend/base/time.h"
#include "backend/blob/blob_info.h"
#include "backend/retention/retention_rules.h"

namespace replicafs {

struct RetentionAction {
  enum class Kind { kRemove, kMove } kind = Kind::kRemove;
  VersionId version;
  uint64_t size_bytes = 0;
  Tier tier = Tier::kHot;  // kMove

  bool operator==(const RetentionAction&) const = default;
};

struct RetentionDecision {
  std::vector<RetentionAction> actions;  // oldest version first
  uint64_t held = 0;                     // versions left alone because `is_needed` says so
};

// `versions` as ListVersions gives them, newest first. The current version is never touched, and
// nothing that `is_needed`.
RetentionDecision DecideRetention(const std::vector<BlobInfo>& versions,
                                  const RetentionRules& rules, Timestamp now,
                                  const std::function<bool(const BlobInfo&)>& is_needed);

}  // namespace replicafs
