#include "backend/replication/policy_change.h"

#include <utility>

#include "backend/base/digest.h"
#include "backend/replication/policy_side.h"
#include "backend/replication/policy_starts.h"
#include "backend/replication/policy_store.h"

namespace replicafs {
namespace {

using refusal::Side;

// Others may be faster again and again; each time one of them has got on.
constexpr int kAttemptsMax = 1000;

// A half as it is, and as it would be.
struct Planned {
  PolicySide side;
  Policy before;
  Policy after;
};

Status TakeIds(Side side, const Policy& before, Policy& policy) {
  for (Rule& rule : policy.rules) {
    if (rule.rule_id.empty()) {
      if (side == Side::kSource) return refusal::RuleWithoutId(rule);
      rule.rule_id = NewGuid();
    } else if (side == Side::kDestination && FindRuleById(before, rule.rule_id) == nullptr) {
      return refusal::UnknownRule(before, rule.rule_id);
    }
  }
  return Ok();
}

Result<Planned> Plan(AccountSource& accounts, const std::string& name,
                     const PolicyChangeRequest& request, const PolicyChange& change) {
  auto account = TRY(accounts.OpenAccount(name));
  const auto row = TRY(GetHalf(accounts, name, request.policy_id));
  const Side which = name == row.source_account ? Side::kSource : Side::kDestination;
  PolicySide side = TRY(PolicySide::Read(std::move(account), which));
  // As the side has it: what is changed is what Write compares.
  const Policy* found = side.Find(request.policy_id);
  if (found == nullptr) return refusal::UnknownId(name, request.policy_id);
  Policy before = *found;
  Policy after = before;
  TRY(change(after));
  if (before.source_account != after.source_account ||
      before.destination_account != after.destination_account)
    return refusal::OtherAccounts(before);
  TRY(Validate(after, request.limits));
  TRY(TakeIds(which, before, after));
  const PolicyIdentities identities = TRY(IdentitiesOf(accounts, after));
  TRY(side.Check(after, request.limits, identities));
  after.enabled_time = before.enabled_time;
  if (which == Side::kSource) TakeStarts(&before, TRY(side.account().journal().Head()), after);
  return Planned{std::move(side), std::move(before), std::move(after)};
}

Result<Policy> ChangeOne(AccountSource& accounts, const PolicyChangeRequest& request) {
  Planned planned = TRY(Plan(accounts, request.account, request, request.change));
  TRY(planned.side.Write(request.policy_id, planned.after));
  return std::move(planned.after);
}

// The source's half says what the destination's does.
Result<Planned> PlanSource(AccountSource& accounts, const PolicyChangeRequest& request,
                           const Policy& destination) {
  const auto follow = [&](Policy& half) -> Status {
    half.rules = destination.rules;
    half.metrics = destination.metrics;
    half.priority_replication = destination.priority_replication;
    half.tags_replication = destination.tags_replication;
    return Ok();
  };
  return Plan(accounts, destination.source_account, request, follow);
}

// When others change the source meanwhile, it follows the destination as they have left that.
Result<Policy> WriteSource(AccountSource& accounts, const PolicyChangeRequest& request,
                           Planned source) {
  for (int attempt = 1;; ++attempt) {
    const Status written = source.side.Write(request.policy_id, source.after);
    if (written) return std::move(source.after);
    if (written.error().code != ErrorCode::kBusy || attempt == kAttemptsMax) return written.error();
    const Policy destination =
        TRY(GetHalf(accounts, source.after.destination_account, request.policy_id));
    source = TRY(PlanSource(accounts, request, destination));
  }
}

// The destination's half gives new rules their ids, and the source's half takes those.
Result<Policy> ChangeBoth(AccountSource& accounts, const PolicyChangeRequest& request) {
  const Policy found = TRY(FindPolicy(accounts, request.policy_id));
  Planned destination = TRY(Plan(accounts, found.destination_account, request, request.change));
  Planned source = TRY(PlanSource(accounts, request, destination.after));
  TRY(destination.side.Write(request.policy_id, destination.after));
  auto changed = WriteSource(accounts, request, std::move(source));
  if (changed) return changed;
  Error error = std::move(changed).error();
  const Status put_back = destination.side.Write(request.policy_id, destination.before);
  // Never to be made a second time.
  if (error.code == ErrorCode::kBusy) error.code = ErrorCode::kUnavailable;
  if (put_back) return error;
  return std::move(error).Within("the half of account '" + found.destination_account +
                                 "' was changed and cannot be put back (" +
                                 put_back.error().message + ")");
}

}  // namespace

Result<Policy> ChangePolicy(AccountSource& accounts, const PolicyChangeRequest& request) {
  for (int attempt = 1;; ++attempt) {
    auto changed =
        request.account.empty() ? ChangeBoth(accounts, request) : ChangeOne(accounts, request);
    const bool overtaken = !changed && changed.error().code == ErrorCode::kBusy;
    if (!overtaken || attempt == kAttemptsMax) return changed;
  }
}

}  // namespace replicafs
