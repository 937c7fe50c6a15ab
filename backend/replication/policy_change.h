// Changes of a policy that is there.
#pragma once

#include <functional>
#include <string>

#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/policy.h"

namespace replicafs {

// Makes of a half that is there what it is to be. It may be asked more than once.
using PolicyChange = std::function<Status(Policy& half)>;

struct PolicyChangeRequest {
  std::string policy_id;
  std::string account;  // its half alone; empty: both, of which the destination's is asked for
  PolicyChange change;
  Limits limits = Limits::kAzure;
};

// The half as it is then, the source's of both. Rules with the id of one that is there keep what
// was copied under it, where they have the same containers; on the destination rules without an id
// are new and get one. What the link did is not done again.
// Both halves are checked before one is written, the destination's first; what is refused then
// changes nothing. What another process changes meanwhile stays: the change is made of that again.
// kNotFound, what `change` returns, and errors as CreateHalf.
Result<Policy> ChangePolicy(AccountSource& accounts, const PolicyChangeRequest& request);

}  // namespace replicafs
