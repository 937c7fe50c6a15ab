#include <map>
#include <memory>
#include <utility>

#include "backend/base/digest.h"
#include "backend/replication/link_rows.h"
#include "backend/replication/policy_halves.h"
#include "backend/replication/policy_store.h"

namespace replicafs {
namespace {

struct Pair {
  std::shared_ptr<Account> source;
  std::shared_ptr<Account> destination;
};

bool SamePair(const Policy& a, const Policy& b) {
  return a.source_account == b.source_account && a.destination_account == b.destination_account;
}

// A container's name in one account, for messages: "account/container".
std::string In(const Account& account, const std::string& container) {
  return "'" + account.name() + "/" + container + "'";
}

Policy Draft(const PolicyRequest& request) {
  Policy policy{.policy_id = NewGuid(),
                .source_account = request.source_account,
                .destination_account = request.destination_account};
  for (const RuleRequest& rule : request.rules) {
    policy.rules.push_back({.rule_id = NewGuid(),
                            .source_container = rule.source_container,
                            .destination_container = rule.destination_container,
                            .prefixes = rule.prefixes});
  }
  return policy;
}

// The halves between these two accounts that have no partner: left by a crash.
struct Halves {
  std::vector<Policy> at_source;
  std::vector<Policy> at_destination;

  bool Contains(const std::string& policy_id) const {
    for (const Policy& half : at_destination) {
      if (half.policy_id == policy_id) return true;
    }
    return false;
  }
};

Result<std::vector<Policy>> LonelyHalves(Account& account, Account& partner, const Policy& draft) {
  std::vector<Policy> halves;
  const auto policies = TRY(ListPolicies(account));
  for (const Policy& policy : policies) {
    if (!SamePair(policy, draft)) continue;
    const auto other = TRY(partner.store().GetState(PolicyKey(policy.policy_id)));
    if (other) {
      return Error{ErrorCode::kExists,
                   "policy " + policy.policy_id + " copies from '" + draft.source_account +
                       "' to '" + draft.destination_account +
                       "' already: delete it, and create it anew with all rules"};
    }
    halves.push_back(policy);
  }
  return halves;
}

Status CheckSourceContainer(const Pair& pair, const Rule& rule) {
  const auto container = pair.source->store().GetContainer(rule.source_container);
  const std::string name = In(*pair.source, rule.source_container);
  if (!container) {
    if (container.error().code != ErrorCode::kNotFound) return container.error();
    return Error{ErrorCode::kNotFound,
                 "the rule's source container " + name + " does not exist: create it first"};
  }
  if (!container->destination_policy_id.empty()) {
    return Error{ErrorCode::kInvalid,
                 "the rule's source container " + name + " is a destination of policy " +
                     container->destination_policy_id + ": copy from that policy's source instead"};
  }
  return Ok();
}

// The containers of this account that policies copy from, and each one's policy.
Result<std::map<std::string, std::string>> SourceContainers(Account& account) {
  std::map<std::string, std::string> containers;
  const auto policies = TRY(ListPolicies(account));
  for (const Policy& policy : policies) {
    if (policy.source_account != account.name()) continue;
    for (const Rule& rule : policy.rules)
      containers.emplace(rule.source_container, policy.policy_id);
  }
  return containers;
}

Status CheckDestinationContainer(const Pair& pair, const Rule& rule, const Halves& halves,
                                 const std::map<std::string, std::string>& sources) {
  const auto container = pair.destination->store().GetContainer(rule.destination_container);
  const std::string name = In(*pair.destination, rule.destination_container);
  if (!container) {
    if (container.error().code != ErrorCode::kNotFound) return container.error();
    return Error{ErrorCode::kNotFound,
                 "the rule's destination container " + name + " does not exist: create it first"};
  }
  const std::string& owner = container->destination_policy_id;
  if (!owner.empty() && !halves.Contains(owner)) {
    return Error{ErrorCode::kInvalid, "the rule's destination container " + name +
                                          " belongs to policy " + owner +
                                          " already: choose another container"};
  }
  const auto source = sources.find(rule.destination_container);
  if (source != sources.end()) {
    return Error{ErrorCode::kInvalid, "the rule's destination container " + name +
                                          " is a source of policy " + source->second +
                                          ": choose another container"};
  }
  return Ok();
}

Status Write(Account& account, std::vector<Mutation> unmake, std::vector<Mutation> make) {
  for (Mutation& mutation : make) unmake.push_back(std::move(mutation));
  TRY(account.store().Apply(std::move(unmake), 0));
  return Ok();
}

template <class Unmake>
Result<std::vector<Mutation>> UnmakeAll(Account& account, const std::vector<Policy>& halves,
                                        Unmake unmake) {
  std::vector<Mutation> mutations;
  for (const Policy& half : halves) {
    auto some = TRY(unmake(account, half));
    for (Mutation& mutation : some) mutations.push_back(std::move(mutation));
  }
  return mutations;
}

// Another creation may have taken the destination's half for one that a crash left.
Status CheckDestinationHalf(const Pair& pair, const Policy& policy) {
  const auto row = TRY(pair.destination->store().GetState(PolicyKey(policy.policy_id)));
  if (row == EncodePolicy(policy)) return Ok();
  auto unmake = TRY(UnmakeSourceHalf(*pair.source, policy));
  TRY(Write(*pair.source, std::move(unmake), {}));
  return Error{ErrorCode::kBusy, "another process changed the policies from '" +
                                     policy.source_account + "' to '" + policy.destination_account +
                                     "' meanwhile: try again"};
}

}  // namespace

Result<Policy> CreatePolicy(AccountSource& accounts, const PolicyRequest& request,
                            const Clock& clock) {
  Policy policy = Draft(request);
  TRY(Validate(policy));
  Pair pair;
  pair.source = TRY(accounts.OpenAccount(policy.source_account));
  pair.destination = TRY(accounts.OpenAccount(policy.destination_account));
  Halves halves;
  halves.at_source = TRY(LonelyHalves(*pair.source, *pair.destination, policy));
  halves.at_destination = TRY(LonelyHalves(*pair.destination, *pair.source, policy));
  const auto sources = TRY(SourceContainers(*pair.destination));
  for (const Rule& rule : policy.rules) {
    TRY(CheckSourceContainer(pair, rule));
    TRY(CheckDestinationContainer(pair, rule, halves, sources));
  }

  policy.enabled_time = clock.Now();
  const uint64_t head = TRY(pair.source->journal().Head());
  for (Rule& rule : policy.rules)
    rule.start_sequence = request.existing == ExistingBlobs::kLeave ? head : 0;

  auto unmake = TRY(UnmakeAll(*pair.destination, halves.at_destination, UnmakeDestinationHalf));
  TRY(Write(*pair.destination, std::move(unmake), MakeDestinationHalf(policy, head)));
  unmake = TRY(UnmakeAll(*pair.source, halves.at_source, UnmakeSourceHalf));
  TRY(Write(*pair.source, std::move(unmake), MakeSourceHalf(policy)));
  TRY(CheckDestinationHalf(pair, policy));
  return policy;
}

}  // namespace replicafs
