// What a container's rules mean for one blob: a pure function.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "backend/base/time.h"
#include "backend/blob/blob_info.h"
#include "backend/retention/retention_rules.h"

namespace replicafs {

struct RetentionAction {
  enum class Kind {
    kRemove,  // a previous version, for good
    kMove,
    kEnd,  // the current version: it becomes a previous one
  } kind = Kind::kRemove;
  VersionId version;
  uint64_t size_bytes = 0;
  Tier tier = Tier::kHot;  // kMove
  std::string etag;        // kEnd

  bool operator==(const RetentionAction&) const = default;
};

struct RetentionDecision {
  std::vector<RetentionAction> actions;  // oldest version first
  uint64_t held = 0;                     // versions left alone because `is_needed` says so
};

// `versions` as ListVersions gives them, newest first. Nothing that `is_needed` is touched.
RetentionDecision DecideRetention(const std::vector<BlobInfo>& versions,
                                  const RetentionRules& rules, Timestamp now,
                                  const std::function<bool(const BlobInfo&)>& is_needed);

}  // namespace replicafs
