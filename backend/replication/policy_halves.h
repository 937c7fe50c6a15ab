// What makes and unmakes each account's half of a policy, as changes to apply in one step.
#pragma once

#include <string>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/policy.h"

namespace replicafs {

// Containers become destinations; those that only `before` names, which may be nullptr, cease to
// be.
std::vector<Mutation> MakeDestinationHalf(const Policy* before, const Policy& policy);
std::vector<Mutation> MakeSourceHalf(const Policy& policy);

// With everything that the link left in the account. Containers that are gone, or belong to another
// policy by now, are left alone.
Result<std::vector<Mutation>> UnmakeDestinationHalf(Account& account, const Policy& policy);
Result<std::vector<Mutation>> UnmakeSourceHalf(Account& account, const Policy& policy);

}  // namespace replicafs
