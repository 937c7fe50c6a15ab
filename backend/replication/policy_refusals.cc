#include "backend/replication/policy_refusals.h"

#include <fmt/format.h>

#include "backend/replication/policy_limits.h"

namespace replicafs::refusal {
namespace {

template <class... Arguments>
Error Refuse(ErrorCode code, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  return Error{code, fmt::format(format, std::forward<Arguments>(arguments)...)};
}

}  // namespace

std::string_view ToString(Side side) {
  return side == Side::kSource ? "source" : "destination";
}

Error AccountIsNoPart(const std::string& account, const Policy& policy) {
  return Refuse(ErrorCode::kInvalid,
                "the policy copies from '{}' to '{}': write it to one of these accounts, not to "
                "'{}'",
                policy.source_account, policy.destination_account, account);
}

Error DefaultIdAtSource(const Policy& policy) {
  return Refuse(ErrorCode::kInvalid,
                "policyId is 'default', but '{}' is the source: create the policy on the "
                "destination account '{}' first, and specify the policy id that it got there, with "
                "the ids of its rules (replicafs policy show prints them)",
                policy.source_account, policy.destination_account);
}

Error OwnIdAtDestination(const Policy& policy) {
  return Refuse(ErrorCode::kInvalid,
                "the value '{}' is not allowed for property policyId on the destination account "
                "'{}': leave it out or set it to 'default', the account gives the policy its id",
                policy.policy_id, policy.destination_account);
}

Error RuleWithoutId(const Rule& rule) {
  return Refuse(ErrorCode::kInvalid,
                "the rule '{}' to '{}' has no ruleId: on the source account give each rule the id "
                "that it got on the destination account (replicafs policy show prints it)",
                rule.source_container, rule.destination_container);
}

Error RuleIdAtDestination(const Rule& rule) {
  return Refuse(ErrorCode::kInvalid,
                "the rule '{}' to '{}' has the ruleId '{}': leave it empty on the destination "
                "account, which gives new rules their ids",
                rule.source_container, rule.destination_container, rule.rule_id);
}

Error UnknownId(const std::string& account, std::string_view policy_id) {
  return Refuse(ErrorCode::kNotFound,
                "the account '{}' has no policy '{}'; see: replicafs policy list --account {}",
                account, policy_id, account);
}

Error UnknownRule(const Policy& policy, std::string_view rule_id) {
  return Refuse(ErrorCode::kNotFound,
                "{} does not exist in policy {}; see: replicafs policy rule list {}", rule_id,
                policy.policy_id, policy.policy_id);
}

Error LastRule(const Policy& policy) {
  return Refuse(ErrorCode::kInvalid,
                "it is the only rule of policy {}: delete the policy instead (replicafs policy "
                "delete {})",
                policy.policy_id, policy.policy_id);
}

Error OtherAccounts(const Policy& policy) {
  return Refuse(ErrorCode::kInvalid,
                "policy {} copies from '{}' to '{}' and keeps its accounts: delete it and create "
                "another",
                policy.policy_id, policy.source_account, policy.destination_account);
}

Error IdTaken(const std::string& account, const Policy& policy) {
  return Refuse(ErrorCode::kExists,
                "the account '{}' has policy {} already: change it with replicafs policy update {}",
                account, policy.policy_id, policy.policy_id);
}

Error IdOfOthers(const Policy& existing) {
  return Refuse(ErrorCode::kExists,
                "the id {} is that of the policy from '{}' to '{}': create the destination's half "
                "first, which gives a new one",
                existing.policy_id, existing.source_account, existing.destination_account);
}

Error IdOfTwo(const Policy& one, const Policy& other) {
  return Refuse(ErrorCode::kPrecondition,
                "two policies have the id {}, from '{}' to '{}' and from '{}' to '{}': say which "
                "with --account",
                one.policy_id, one.source_account, one.destination_account, other.source_account,
                other.destination_account);
}

Error PairTaken(const Policy& existing) {
  return Refuse(
      ErrorCode::kExists,
      "policy {} copies from '{}' to '{}' already, and a pair of accounts has one policy: "
      "add rules to it (replicafs policy rule add {}), or delete it",
      existing.policy_id, existing.source_account, existing.destination_account,
      existing.policy_id);
}

Error PairHalfTaken(const Policy& existing, Side side) {
  return Refuse(
      ErrorCode::kExists,
      "policy {} from '{}' to '{}' is on the {} account alone, with other rules: finish it "
      "(replicafs policy show {} --output json | replicafs policy create --account {} --policy "
      "-), or "
      "delete it (replicafs policy delete {})",
      existing.policy_id, existing.source_account, existing.destination_account, ToString(side),
      existing.policy_id,
      side == Side::kSource ? existing.destination_account : existing.source_account,
      existing.policy_id);
}

Error TooManyDestinations(const Policy& policy) {
  return Refuse(ErrorCode::kInvalid,
                "the account '{}' is replicated to {} destination accounts already, which is the "
                "most: delete one of its policies (or lift the limit with --limits extended)",
                policy.source_account, kDestinationAccountsMax);
}

Error TooManyIncoming(const Policy& policy) {
  return Refuse(ErrorCode::kInvalid,
                "the account '{}' is the destination of {} policies already, which is the most: "
                "delete one of them (or lift the limit with --limits extended)",
                policy.destination_account, kIncomingPoliciesMax);
}

Error VersioningIsOff(const std::string& account, Side side) {
  return Refuse(ErrorCode::kInvalid,
                "versioning is off on the {} account '{}', and a policy needs it on both accounts: "
                "switch it on first (replicafs account update {} --versioning true)",
                ToString(side), account, account);
}

Error ChangeFeedIsOff(const std::string& account) {
  return Refuse(ErrorCode::kInvalid,
                "the change feed is off on the source account '{}', and a policy needs it: switch "
                "it on first (replicafs account update {} --change-feed true)",
                account, account);
}

Error OtherResourceId(const std::string& account, const std::string& given,
                      const std::string& own) {
  return Refuse(ErrorCode::kInvalid,
                "'{}' is not the resource id of account '{}', which is '{}' (replicafs account "
                "show {})",
                given, account, own, account);
}

Error NameAlone(const std::string& account, const Policy& policy) {
  return Refuse(ErrorCode::kInvalid,
                "the account '{}' does not allow cross-tenant replication, so that the policy must "
                "specify the full resource ID for the sourceAccount and destinationAccount "
                "entries, not '{}' and '{}' (or replicafs account update {} "
                "--allow-cross-tenant-replication true)",
                account, policy.source_account, policy.destination_account, account);
}

Error CrossTenant(const std::string& account, const Policy& policy) {
  return Refuse(ErrorCode::kInvalid,
                "the accounts '{}' and '{}' belong to different tenants, and '{}' does not allow "
                "cross-tenant replication: choose accounts of one tenant, or allow it (replicafs "
                "account update {} --allow-cross-tenant-replication true)",
                policy.source_account, policy.destination_account, account, account);
}

Error VersioningIsNeeded(const std::string& account, const Policy& policy) {
  return Refuse(ErrorCode::kBusy,
                "versioning of account '{}' cannot be switched off while policy {} is on it: "
                "delete the policy first (replicafs policy delete {})",
                account, policy.policy_id, policy.policy_id);
}

Error ChangeFeedIsNeeded(const std::string& account, const Policy& policy) {
  return Refuse(ErrorCode::kBusy,
                "the change feed of account '{}' cannot be switched off while it is the source of "
                "policy {}: delete the policy first (replicafs policy delete {})",
                account, policy.policy_id, policy.policy_id);
}

Error CrossTenantIsNeeded(const std::string& account, const Policy& policy) {
  return Refuse(ErrorCode::kBusy,
                "allowCrossTenantReplication of account '{}' cannot be set to false while the "
                "cross-tenant policy {} exists: delete the policy first (replicafs policy delete "
                "{})",
                account, policy.policy_id, policy.policy_id);
}

Error TenantIsNeeded(const std::string& account, const Policy& policy) {
  return Refuse(ErrorCode::kBusy,
                "the tenant and resource id of account '{}' cannot be changed while policy {} is "
                "on it: delete the policy first (replicafs policy delete {})",
                account, policy.policy_id, policy.policy_id);
}

Error NoContainer(const std::string& container, Side side) {
  return Refuse(ErrorCode::kNotFound,
                "the rule's {} container '{}' does not exist: create it first (replicafs container "
                "create {})",
                ToString(side), container, container);
}

Error SourceIsDestination(const std::string& container, const std::string& policy_id) {
  return Refuse(ErrorCode::kInvalid,
                "the rule's source container '{}' is a destination of policy {}: copy from that "
                "policy's source instead",
                container, policy_id);
}

Error DestinationIsSource(const std::string& container, const std::string& policy_id) {
  return Refuse(ErrorCode::kInvalid,
                "the rule's destination container '{}' is a source of policy {}: choose another "
                "container",
                container, policy_id);
}

Error DestinationTaken(const std::string& container, const std::string& policy_id) {
  return Refuse(
      ErrorCode::kInvalid,
      "the rule's destination container '{}' belongs to policy {} already: choose another "
      "container",
      container, policy_id);
}

Error ChangedMeanwhile(const Policy& policy) {
  return Refuse(ErrorCode::kBusy,
                "another process changed the policies from '{}' to '{}' meanwhile: try again",
                policy.source_account, policy.destination_account);
}

Error AccountChangedMeanwhile(const std::string& account) {
  return Refuse(ErrorCode::kBusy,
                "another process changed the policies or settings of account '{}' meanwhile: try "
                "again",
                account);
}

}  // namespace replicafs::refusal
