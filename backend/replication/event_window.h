// The piece of a journal that a link copies in one step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/journal.h"
#include "backend/replication/policy.h"
#include "backend/replication/rule_index.h"

namespace replicafs {

struct WindowLimits {
  size_t events = 0;
  uint64_t content_bytes = 0;  // of the blobs that the policy copies
  // Cut a group of events where the limit says, so that one that fails can be found.
  enum class Groups { kWhole, kCut } groups = Groups::kWhole;
};

// The rule that copies this event; nullptr when the policy has nothing to do with it. Only block
// blobs are copied.
const Rule* RuleOf(const Policy& policy, const Event& event);

// The events after `after`. A group that is larger than the limits is read whole, as is the first
// event. Empty at the journal's end. kStale when `after` lies beyond it: the account is not the one
// that was copied from; kCorrupt when events are missing.
Result<std::vector<Event>> ReadWindow(Journal& journal, const RuleIndex& rules, uint64_t after,
                                      const WindowLimits& limits);

}  // namespace replicafs
