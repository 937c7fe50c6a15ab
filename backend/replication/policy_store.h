// Policies as both accounts keep them: a state row "policy/<id>" in each. A link works only while
// both rows are there and say the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/policy.h"

namespace replicafs {

enum class ExistingBlobs { kLeave, kCopy };

struct RuleRequest {
  std::string source_container;
  std::string destination_container;
  std::vector<std::string> prefixes;
};

struct PolicyRequest {
  std::string source_account;
  std::string destination_account;
  std::vector<RuleRequest> rules;
  ExistingBlobs existing = ExistingBlobs::kLeave;
};

// Writes the destination's half first, so that no replica arrives in a container that still takes
// writes. Repeating a call that failed half-way finishes it: halves without a partner between the
// same two accounts are replaced. Each error names the rule and the remedy:
//   kNotFound  an account or container is missing
//   kExists    the pair of accounts has a policy already
//   kBusy      another process changed the policies between the two accounts meanwhile
//   kInvalid   Validate; a destination container that is a source of another policy, or the
//   reverse;
//              a destination container that belongs to another policy
Result<Policy> CreatePolicy(AccountSource& accounts, const PolicyRequest& request,
                            const Clock& clock);

// Removes both halves, the source's first; the destination's containers take writes at once and
// the replicas stay. Works when one half or one account is gone already. kNotFound when neither
// account has it.
Status DeletePolicy(AccountSource& accounts, std::string_view policy_id);

// Whether one of its halves is missing or the two differ, so that nothing is copied.
Result<bool> IsHalf(AccountSource& accounts, const Policy& policy);

// Policies that name this account, by id.
Result<std::vector<Policy>> ListPolicies(Account& account);
// Of all accounts, each policy once. An account that cannot be read is left out, with a warning.
Result<std::vector<Policy>> ListAllPolicies(AccountSource& accounts);

}  // namespace replicafs
