#include <algorithm>
#include <unordered_set>
#include <utility>

#include "backend/replication/backlog.h"
#include "backend/replication/link_position.h"
#include "backend/replication/link_rows.h"
#include "backend/replication/link_rules.h"
#include "backend/replication/link_supervisor.h"
#include "backend/replication/policy_store.h"
#include "backend/replication/skipped.h"
#include "backend/replication/status.h"

namespace replicafs {
namespace {

uint64_t FirstStart(const Policy& policy, uint64_t head) {
  uint64_t first = head;
  for (const Rule& rule : policy.rules) first = std::min(first, rule.start_sequence);
  return first;
}

// Before the failures are read: one that is recorded meanwhile is counted once, as a failure.
Result<LinkPosition> FindPosition(Account& source, AccountSource& accounts, LinkStatus& status) {
  status.progress = TRY(ReadProgress(source.store(), status.policy.policy_id));
  auto position = ReadPosition(accounts, status.policy, status.head);
  if (!position) {
    status.cursor = std::max(status.progress.watermark, FirstStart(status.policy, status.head));
    return LinkPosition{.cursor = {.sequence = status.cursor}, .agreed = status.policy};
  }
  const LinkCursor& cursor = position->cursor;
  status.exact = true;
  status.cursor = cursor.sequence;
  status.progress.versions_copied = cursor.versions_copied;
  status.progress.logical_bytes = cursor.logical_bytes;
  status.progress.sent_bytes = cursor.sent_bytes;
  status.progress.versions_skipped = cursor.versions_skipped;
  status.differences = position->differences;
  return position;
}

// Of the newest event up to `sequence` with which a step of the source ends; zero: none.
Result<Timestamp> TimeOfStepBefore(Journal& journal, uint64_t sequence) {
  const uint64_t last = sequence;
  for (uint64_t count = 1; sequence > 0; count = std::min<uint64_t>(count * 2, 1024)) {
    count = std::min(count, sequence);
    const auto events = TRY(journal.Read(sequence - count, static_cast<size_t>(count)));
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
      if (event->group_end <= last) return event->time;
    }
    sequence -= count;
  }
  return Timestamp{};
}

// Where the halves disagree on a rule nothing is copied by it: all that it copies is pending.
Status CountPending(Account& source, const LinkPosition& position, Timestamp now,
                    LinkStatus& status) {
  std::unordered_set<const Rule*> disputed;
  if (!position.differences.empty()) {
    for (const Rule& rule : status.policy.rules) {
      if (FindRuleById(position.agreed, rule.rule_id) == nullptr) disputed.insert(&rule);
    }
  }
  BacklogRequest request{.policy = status.policy,
                         .cursor = status.cursor,
                         .head = status.head,
                         .skipped = &status.progress.versions_skipped};
  for (const Rule* rule : disputed) request.cursor = std::min(request.cursor, rule->start_sequence);
  if (request.cursor < status.cursor) {
    request.skipped = nullptr;
    status.progress.versions_skipped =
        TRY(CountSkipped(source.journal(), status.policy, 0, status.head));
  }
  request.wanted = [&](const Event& event, const Rule& rule) {
    if (disputed.contains(&rule)) return true;
    return event.sequence > status.cursor && !position.passed.Contains(event, rule);
  };
  for (const Failure& failure : status.failures) request.failed.insert(failure.sequence);
  const auto backlog = TRY(ReadBacklog(source.journal(), request));
  status.pending = DivideByAge(backlog, now);
  status.pending_operations = backlog.size();
  for (const AgeBucket& bucket : status.pending) status.pending_bytes += bucket.bytes;

  uint64_t done = status.head;
  if (!backlog.empty()) {
    status.oldest_pending = backlog.front().time;
    const int64_t age = std::max<int64_t>(0, now.ticks - status.oldest_pending.ticks);
    status.oldest_pending_seconds = static_cast<uint64_t>(age / Timestamp::kTicksPerSecond);
    done = backlog.front().sequence - 1;
  }
  if (!request.failed.empty()) done = std::min(done, *request.failed.begin() - 1);
  status.replicated_through = TRY(TimeOfStepBefore(source.journal(), done));
  return Ok();
}

Result<LinkStatus> ReadOne(Account& source, AccountSource& accounts, Policy policy,
                           const Clock& clock) {
  LinkStatus status{.policy = std::move(policy)};
  const std::string& id = status.policy.policy_id;
  status.head = TRY(source.journal().Head());
  const LinkPosition position = TRY(FindPosition(source, accounts, status));
  const Timestamp now = clock.Now();
  status.failures = TRY(ReadFailures(source.store(), id));
  status.superseded = TRY(ReadSuperseded(source.store(), id));
  status.running = TRY(LinkOwnership::IsOwned(source, id));
  TRY(CountPending(source, position, now, status));
  status.speed = SpeedOf(status, now);
  return status;
}

}  // namespace

Result<std::vector<LinkStatus>> ReadLinkStatus(Account& source, AccountSource& accounts,
                                               const Clock& clock) {
  std::vector<LinkStatus> all;
  auto policies = TRY(ListPolicies(source));
  for (Policy& policy : policies) {
    if (policy.source_account != source.name()) continue;
    auto status = TRY(ReadOne(source, accounts, std::move(policy), clock));
    all.push_back(std::move(status));
  }
  return all;
}

bool Covers(const PendingScope& scope, std::string_view container, std::string_view name) {
  if (!scope.container.empty() && scope.container != container) return false;
  if (!name.starts_with(scope.name)) return false;
  const size_t size = scope.name.size();
  return size == 0 || scope.name.back() == '/' || name.size() == size || name[size] == '/';
}

bool Overlaps(const PendingScope& scope, const Rule& rule) {
  if (!scope.container.empty() && scope.container != rule.source_container) return false;
  return rule.prefixes.empty() ||
         std::any_of(rule.prefixes.begin(), rule.prefixes.end(), [&](const std::string& prefix) {
           return scope.name.starts_with(prefix) || Covers(scope, rule.source_container, prefix);
         });
}

Result<PendingWork> ReadPending(Account& source, const Policy& policy, const PendingScope& scope) {
  PendingWork work;
  // First, as in StatusReader.
  const auto rules = TRY(source.store().GetState(RulesKey(policy.policy_id)));
  const LinkProgress progress = TRY(ReadProgress(source.store(), policy.policy_id));
  std::optional<uint64_t> start;  // of rules that the watermark says nothing of
  if (rules) start = TRY(StartOfNewRules(policy, *rules));
  const uint64_t watermark = std::min(progress.watermark, start.value_or(progress.watermark));
  const auto failures = TRY(ReadFailures(source.store(), policy.policy_id));
  BacklogRequest request{.policy = policy,
                         .cursor = std::max(watermark, FirstStart(policy, scope.head)),
                         .head = scope.head,
                         .wanted = [&](const Event& event, const Rule&) {
                           return Covers(scope, event.container, event.name);
                         }};
  for (const Failure& failure : failures) request.failed.insert(failure.sequence);
  const auto backlog = TRY(ReadBacklog(source.journal(), request));
  work.operations = backlog.size();
  for (const PendingOperation& operation : backlog) work.bytes += operation.bytes;
  for (const Failure& failure : failures) {
    if (Covers(scope, failure.path.container, failure.path.name)) ++work.failures;
  }
  return work;
}

}  // namespace replicafs
