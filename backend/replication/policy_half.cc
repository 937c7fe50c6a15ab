// One account's half of a policy at a time.
#include <memory>
#include <utility>

#include "backend/base/digest.h"
#include "backend/replication/policy_change.h"
#include "backend/replication/policy_definition.h"
#include "backend/replication/policy_side.h"
#include "backend/replication/policy_starts.h"
#include "backend/replication/policy_store.h"

namespace replicafs {
namespace {

using refusal::Side;

Result<PolicySide> ReadSide(AccountSource& accounts, const HalfRequest& request) {
  const Policy& policy = request.definition;
  auto account = TRY(accounts.OpenAccount(request.account));
  if (request.account == policy.destination_account)
    return PolicySide::Read(std::move(account), Side::kDestination);
  if (request.account == policy.source_account)
    return PolicySide::Read(std::move(account), Side::kSource);
  return refusal::AccountIsNoPart(request.account, policy);
}

// The ids of a new half: those that the destination gives, or gave.
Status TakeIds(Side side, Policy& policy) {
  const bool is_default = policy.policy_id == kDefaultPolicyId;
  if (side == Side::kSource) {
    if (is_default) return refusal::DefaultIdAtSource(policy);
    for (const Rule& rule : policy.rules) {
      if (rule.rule_id.empty()) return refusal::RuleWithoutId(rule);
    }
    return Ok();
  }
  if (!is_default) return refusal::OwnIdAtDestination(policy);
  policy.policy_id = NewGuid();
  for (Rule& rule : policy.rules) {
    if (!rule.rule_id.empty()) return refusal::RuleIdAtDestination(rule);
    rule.rule_id = NewGuid();
  }
  return Ok();
}

// A policy's id names it among all accounts.
Status CheckIdIsFree(AccountSource& accounts, const Policy& policy) {
  const auto other = FindPolicy(accounts, policy.policy_id);
  if (!other && other.error().code == ErrorCode::kNotFound) return Ok();
  if (!other) return other.error();
  const bool same = other->source_account == policy.source_account &&
                    other->destination_account == policy.destination_account;
  return same ? Ok() : Status(refusal::IdOfOthers(*other));
}

}  // namespace

Result<Policy> CreateHalf(AccountSource& accounts, const HalfRequest& request, const Clock& clock) {
  Policy policy = request.definition;
  TRY(Validate(policy, request.limits));
  PolicySide side = TRY(ReadSide(accounts, request));
  TRY(TakeIds(side.side(), policy));
  if (const Policy* there = side.Find(policy.policy_id))
    return refusal::IdTaken(request.account, *there);
  TRY(CheckIdIsFree(accounts, policy));
  const PolicyIdentities identities = TRY(IdentitiesOf(accounts, policy));
  TRY(side.Check(policy, request.limits, identities));
  if (side.side() == Side::kSource) {
    policy.enabled_time = clock.Now();
    TakeStarts(nullptr, TRY(side.account().journal().Head()), policy);
  }
  TRY(side.Write(policy.policy_id, policy));
  return policy;
}

Result<Policy> UpdateHalf(AccountSource& accounts, const HalfRequest& request) {
  PolicyChangeRequest change{.policy_id = request.definition.policy_id,
                             .account = request.account,
                             .limits = request.limits};
  change.change = [&](Policy& half) -> Status {
    half = request.definition;
    return Ok();
  };
  return ChangePolicy(accounts, change);
}

Result<Policy> GetHalf(AccountSource& accounts, const std::string& account,
                       std::string_view policy_id) {
  const auto opened = TRY(accounts.OpenAccount(account));
  const auto policies = TRY(ListPolicies(*opened));
  for (const Policy& policy : policies) {
    if (policy.policy_id == policy_id) return policy;
  }
  return refusal::UnknownId(account, policy_id);
}

Status DeleteHalf(AccountSource& accounts, const std::string& account, std::string_view policy_id) {
  const Policy policy = TRY(GetHalf(accounts, account, policy_id));
  PolicySide side = TRY(ReadSide(accounts, {.account = account, .definition = policy}));
  return side.Write(policy_id, std::nullopt);
}

}  // namespace replicafs
