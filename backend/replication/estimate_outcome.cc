#include "backend/replication/estimate_outcome.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "backend/replication/backlog.h"
#include "backend/replication/link_position.h"
#include "backend/replication/policy_store.h"

namespace replicafs {
namespace {

bool SameRules(const Policy& a, const Policy& b) {
  return std::is_permutation(a.rules.begin(), a.rules.end(), b.rules.begin(), b.rules.end(),
                             [](const Rule& one, const Rule& other) {
                               return one.source_container == other.source_container &&
                                      one.destination_container == other.destination_container &&
                                      one.prefixes == other.prefixes &&
                                      one.min_creation_time == other.min_creation_time;
                             });
}

Result<Policy> FindMade(Account& source, const Policy& estimated) {
  const auto policies = TRY(ListPolicies(source));
  for (const Policy& policy : policies) {
    if (policy.source_account != estimated.source_account ||
        policy.destination_account != estimated.destination_account)
      continue;
    if (!estimated.policy_id.empty() && policy.policy_id != estimated.policy_id) {
      return Error{ErrorCode::kPrecondition, "the estimate is of policy " + estimated.policy_id +
                                                 ", which is gone; its accounts have policy " +
                                                 policy.policy_id + " now: make a new estimate"};
    }
    if (!SameRules(policy, estimated))
      return Error{ErrorCode::kPrecondition, "the rules of policy " + policy.policy_id +
                                                 " are not those of the estimate: make a new one"};
    return policy;
  }
  return Error{ErrorCode::kNotFound, "no policy copies from '" + estimated.source_account +
                                         "' to '" + estimated.destination_account +
                                         "': create it first"};
}

// What the link has done since the estimate.
Status CountCopied(const LinkCursor& now, const LinkProgress& before, EstimateOutcome& outcome) {
  if (now.versions_copied < before.versions_copied || now.logical_bytes < before.logical_bytes ||
      now.sent_bytes < before.sent_bytes) {
    return Error{ErrorCode::kPrecondition,
                 "policy " + outcome.policy.policy_id +
                     " has copied less than before the estimate, because its destination's half "
                     "was made anew since: make a new estimate"};
  }
  outcome.copied_versions = now.versions_copied - before.versions_copied;
  outcome.copied_bytes = now.logical_bytes - before.logical_bytes;
  outcome.sent_bytes = now.sent_bytes - before.sent_bytes;
  return Ok();
}

class Counter {
 public:
  Counter(Account& destination, const Policy& policy, Timestamp through,
          const OutcomeOptions& options)
      : store_(destination.store()), policy_(policy), through_(through), options_(options) {}

  Status CountContainer(const std::string& container) {
    ListRequest request{.container = container, .hierarchical = false};
    request.scope = ListScope::kAll;
    request.limit = 1000;
    for (;;) {
      const ListPage page = TRY(store_.List(request));
      for (const ListItem& item : page.items) {
        request.after = std::get<BlobInfo>(item).name;
        TRY(CountBlob({container, request.after}));
      }
      if (options_.progress) options_.progress(looked_at_);
      if (!page.more) return Ok();
    }
  }

  const ReplicaCount& count() const { return count_; }

 private:
  Status CountBlob(const BlobPath& path) {
    ++looked_at_;
    const auto versions = TRY(store_.ListVersions(path));
    bool any = false;
    for (const BlobInfo& version : versions) {
      if (!version.origin || version.origin->policy_id != policy_.policy_id ||
          version.origin->version.time() > through_)
        continue;
      any = true;
      ++count_.versions;
      count_.bytes += version.size_bytes;
    }
    if (any) ++count_.blobs;
    return Ok();
  }

  BlobStore& store_;
  const Policy& policy_;
  const Timestamp through_;
  const OutcomeOptions& options_;
  ReplicaCount count_;
  uint64_t looked_at_ = 0;
};

// Of the event at the head. Versions of later events are later.
Result<Timestamp> TimeAt(Journal& journal, uint64_t head) {
  if (head == 0) return Timestamp{};
  const auto events = TRY(journal.Read(head - 1, 1));
  if (events.empty() || events.front().sequence != head)
    return Error{ErrorCode::kStale,
                 "the source's journal ends before the estimate: the account was replaced"};
  return events.front().time;
}

}  // namespace

Result<EstimateOutcome> ReadOutcome(AccountSource& accounts, const Estimate& estimate,
                                    const OutcomeOptions& options) {
  const auto source = TRY(accounts.OpenAccount(estimate.policy.source_account));
  const auto destination = TRY(accounts.OpenAccount(estimate.policy.destination_account));
  EstimateOutcome outcome;
  outcome.policy = TRY(FindMade(*source, estimate.policy));
  const std::string& id = outcome.policy.policy_id;
  const uint64_t head = TRY(source->journal().Head());
  const LinkPosition position = TRY(ReadPosition(accounts, outcome.policy, head));
  const LinkCursor& cursor = position.cursor;
  TRY(CountCopied(cursor, estimate.before, outcome));

  for (const auto read : {ReadFailures, ReadSuperseded}) {
    const auto failures = TRY(read(source->store(), id));
    for (const Failure& failure : failures) {
      if (failure.sequence <= estimate.head) ++outcome.failed[failure.code];
    }
  }
  BacklogRequest rest{.policy = position.agreed, .cursor = cursor.sequence, .head = estimate.head};
  rest.wanted = [&](const Event& event, const Rule& rule) {
    return !position.passed.Contains(event, rule);
  };
  const auto pending = TRY(ReadBacklog(source->journal(), rest));
  outcome.pending = pending.size();
  outcome.done = pending.empty();
  const auto later = TRY(ReadBacklog(
      source->journal(), {.policy = position.agreed, .cursor = estimate.head, .head = head}));
  outcome.later_changes = later.size();

  if (estimate.before.versions_copied > 0) return outcome;
  const Timestamp through = TRY(TimeAt(source->journal(), estimate.head));
  Counter counter(*destination, outcome.policy, through, options);
  for (const Rule& rule : position.agreed.rules)
    TRY(counter.CountContainer(rule.destination_container));
  outcome.replicas = counter.count();
  return outcome;
}

}  // namespace replicafs
