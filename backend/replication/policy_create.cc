// Both halves of a new policy at once.
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "backend/base/digest.h"
#include "backend/replication/link_rows.h"
#include "backend/replication/policy_side.h"
#include "backend/replication/policy_store.h"
#include "backend/replication/resource_id.h"

namespace replicafs {
namespace {

using refusal::Side;

Result<Policy> Draft(const PolicyRequest& request) {
  AccountReference source = TRY(ParseAccountReference(request.source_account));
  AccountReference destination = TRY(ParseAccountReference(request.destination_account));
  Policy policy{.policy_id = NewGuid(),
                .source_account = std::move(source.name),
                .destination_account = std::move(destination.name),
                .source_resource_id = std::move(source.resource_id),
                .destination_resource_id = std::move(destination.resource_id),
                .metrics = request.metrics,
                .priority_replication = request.priority_replication,
                .tags_replication = request.tags_replication};
  for (const RuleRequest& rule : request.rules) {
    policy.rules.push_back({.rule_id = NewGuid(),
                            .source_container = rule.source_container,
                            .destination_container = rule.destination_container,
                            .prefixes = rule.prefixes,
                            .min_creation_time = rule.min_creation_time});
    if (!rule.min_creation_time && request.existing == ExistingBlobs::kCopy)
      policy.rules.back().min_creation_time = kEverything;
  }
  return policy;
}

bool SameButForIds(const Policy& a, const Policy& b) {
  return std::ranges::equal(a.rules, b.rules, [](const Rule& one, const Rule& other) {
    return one.source_container == other.source_container &&
           one.destination_container == other.destination_container &&
           one.prefixes == other.prefixes && one.min_creation_time == other.min_creation_time;
  });
}

// Takes up the half that a crash, or the first step of another creation, has left at the
// destination.
Status TakeUp(const PolicySide& source, const PolicySide& destination, Policy& policy) {
  const Policy* at_source = source.FindPair(policy);
  const Policy* at_destination = destination.FindPair(policy);
  if (at_source != nullptr) {
    if (destination.Find(at_source->policy_id) != nullptr) return refusal::PairTaken(*at_source);
    return refusal::PairHalfTaken(*at_source, Side::kSource);
  }
  if (at_destination == nullptr) return Ok();
  if (!SameButForIds(*at_destination, policy))
    return refusal::PairHalfTaken(*at_destination, Side::kDestination);
  policy.policy_id = at_destination->policy_id;
  for (size_t i = 0; i < policy.rules.size(); ++i)
    policy.rules[i].rule_id = at_destination->rules[i].rule_id;
  return Ok();
}

// Somebody else may have removed or changed it while the source's half was written.
Status CheckDestinationHalf(const PolicySide& destination, PolicySide& source,
                            const Policy& policy) {
  const bool stands = TRY(destination.Has(policy));
  if (stands) return Ok();
  TRY(source.Write(policy.policy_id, std::nullopt));
  return refusal::ChangedMeanwhile(policy);
}

// What both accounts have of policies, and the policy as it would be made now.
struct Plan {
  PolicySide source;
  PolicySide destination;
  Policy policy;
};

Result<Plan> Prepare(AccountSource& accounts, const PolicyRequest& request) {
  Policy policy = TRY(Draft(request));
  TRY(Validate(policy, request.limits));
  auto source_account = TRY(accounts.OpenAccount(policy.source_account));
  auto destination_account = TRY(accounts.OpenAccount(policy.destination_account));
  PolicySide source = TRY(PolicySide::Read(std::move(source_account), Side::kSource));
  PolicySide destination =
      TRY(PolicySide::Read(std::move(destination_account), Side::kDestination));
  TRY(TakeUp(source, destination, policy));
  const PolicyIdentities identities = TRY(IdentitiesOf(accounts, policy));
  TRY(source.Check(policy, request.limits, identities));
  TRY(destination.Check(policy, request.limits, identities));
  return Plan{std::move(source), std::move(destination), std::move(policy)};
}

Status SetStarts(Plan& plan) {
  const uint64_t head = TRY(plan.source.account().journal().Head());
  for (Rule& rule : plan.policy.rules) rule.start_sequence = rule.min_creation_time ? 0 : head;
  return Ok();
}

}  // namespace

Result<Policy> PlanPolicy(AccountSource& accounts, const PolicyRequest& request) {
  Plan plan = TRY(Prepare(accounts, request));
  TRY(SetStarts(plan));
  if (plan.destination.Find(plan.policy.policy_id) == nullptr) plan.policy.policy_id.clear();
  return std::move(plan.policy);
}

Result<Policy> CreatePolicy(AccountSource& accounts, const PolicyRequest& request,
                            const Clock& clock) {
  Plan plan = TRY(Prepare(accounts, request));
  Policy& policy = plan.policy;
  policy.enabled_time = clock.Now();
  TRY(SetStarts(plan));
  const Policy* there = plan.destination.Find(policy.policy_id);
  const auto before = there == nullptr ? std::nullopt : std::optional(*there);
  TRY(plan.destination.Write(policy.policy_id, policy));
  const Status written = plan.source.Write(policy.policy_id, policy);
  if (!written) {
    // Whoever changed the destination's half meanwhile has taken it over.
    const Status put_back = plan.destination.Write(policy.policy_id, before);
    if (!put_back && put_back.error().code != ErrorCode::kBusy) return put_back.error();
    return written.error();
  }
  TRY(CheckDestinationHalf(plan.destination, plan.source, policy));
  return std::move(policy);
}

}  // namespace replicafs
