// Policies as both accounts keep them: a half in each, the state row "policy/<id>". A link copies
// what both halves agree on.
#pragma once

#include <optional>
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
  std::optional<Timestamp> min_creation_time;  // nullopt: as `existing` says
};

struct PolicyRequest {
  std::string source_account;
  std::string destination_account;
  std::vector<RuleRequest> rules;
  ExistingBlobs existing = ExistingBlobs::kLeave;
  std::optional<bool> metrics;
  std::optional<bool> priority_replication;
  std::optional<bool> tags_replication;
  Limits limits = Limits::kAzure;
};

// Both halves at once: the destination's first, so that no replica arrives in a container that
// still takes writes. Repeating a call that failed half-way finishes it: a half with the same rules
// that is on the destination alone is taken up. Errors, each in policy_refusals.h:
//   kNotFound  an account or container is missing
//   kExists    the pair of accounts has a policy already
//   kBusy      another process changed the policies of one of the accounts meanwhile
//   kInvalid   Validate; a limit of an account; a destination container that is a source of another
//              policy, or the reverse; one that belongs to another policy
Result<Policy> CreatePolicy(AccountSource& accounts, const PolicyRequest& request,
                            const Clock& clock);

// The policy that CreatePolicy would make now, and its errors; writes nothing. The policy has no id
// as long as neither account has a half of it.
Result<Policy> PlanPolicy(AccountSource& accounts, const PolicyRequest& request);

// One account's half alone, of a definition (ParseDefinition).
struct HalfRequest {
  std::string account;
  Policy definition;
  Limits limits = Limits::kAzure;
};
// On the destination: the policy gets an id, and so do its rules. On the source: the definition has
// the ids that the destination gave. Errors as CreatePolicy, and kInvalid for ids that do not
// belong there, kExists when the account has the policy.
Result<Policy> CreateHalf(AccountSource& accounts, const HalfRequest& request, const Clock& clock);
// Replaces rules and flags of a half, whatever they were (ChangePolicy).
Result<Policy> UpdateHalf(AccountSource& accounts, const HalfRequest& request);
// kNotFound when the account has not got it.
Result<Policy> GetHalf(AccountSource& accounts, const std::string& account,
                       std::string_view policy_id);
// The other half stays, and nothing is copied any more. kNotFound as GetHalf.
Status DeleteHalf(AccountSource& accounts, const std::string& account, std::string_view policy_id);

// The policy, as one of its accounts has it. kNotFound; kPrecondition when policies between
// different accounts have the id. An account that cannot be opened is passed over.
Result<Policy> FindPolicy(AccountSource& accounts, std::string_view policy_id);

// Removes both halves, the source's first; the destination's containers take writes at once and
// the replicas stay. Works when one half or one account is gone already; an account that is there
// and cannot be opened is an error, before anything is removed. Otherwise as FindPolicy.
Status DeletePolicy(AccountSource& accounts, std::string_view policy_id);

// Whether one of its halves is missing, so that nothing is copied.
Result<bool> IsHalf(AccountSource& accounts, const Policy& policy);
// A sentence for each rule that the halves do not agree on (Agreed), which is not copied.
Result<std::vector<std::string>> DifferencesOf(AccountSource& accounts, const Policy& policy);

// Policies that name this account, by id.
Result<std::vector<Policy>> ListPolicies(Account& account);
// The same, and what fails a list of changes with kPrecondition once they are not these any more.
struct PoliciesAsRead {
  std::vector<Policy> policies;
  ExpectState unchanged;
};
Result<PoliciesAsRead> ReadPolicies(Account& account);
// Of all accounts, each policy once. An account that cannot be read is left out, with a warning.
Result<std::vector<Policy>> ListAllPolicies(AccountSource& accounts);

}  // namespace replicafs
