// What a policy passes over because of what it is: append and page blobs are not replicated.
#pragma once

#include <cstdint>

#include "backend/base/result.h"
#include "backend/blob/journal.h"
#include "backend/replication/policy.h"
#include "backend/replication/rule_index.h"

namespace replicafs {

// Whether the event brings a version that a rule would copy if it were a block blob's.
bool IsSkipped(const RuleIndex& rules, const Event& event);

// How many events do, of those above `after` up to `until`.
Result<uint64_t> CountSkipped(Journal& source, const Policy& policy, uint64_t after,
                              uint64_t until);

}  // namespace replicafs
