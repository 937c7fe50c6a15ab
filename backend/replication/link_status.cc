#include <algorithm>
#include <functional>
#include <utility>

#include "backend/replication/event_window.h"
#include "backend/replication/link_supervisor.h"
#include "backend/replication/policy_store.h"
#include "backend/replication/status.h"

namespace replicafs {
namespace {

constexpr size_t kScanEvents = 4096;  // read from the journal at once

// Calls `visit` for every event above `after`, up to `head`, that a link has to copy.
Status VisitPending(Account& source, const Policy& policy, uint64_t watermark, uint64_t head,
                    const std::function<void(const Event&)>& visit) {
  uint64_t first = head;
  for (const Rule& rule : policy.rules) first = std::min(first, rule.start_sequence);
  uint64_t after = std::max(watermark, first);
  while (after < head) {
    const auto events = TRY(source.journal().Read(after, kScanEvents));
    if (events.empty()) return Ok();
    for (const Event& event : events) {
      const bool copied = event.kind == EventKind::kCreated || event.kind == EventKind::kDeleted ||
                          event.kind == EventKind::kPropertiesChanged ||
                          event.kind == EventKind::kVersionDeleted;
      if (copied && event.sequence <= head && RuleOf(policy, event) != nullptr) visit(event);
    }
    after = events.back().sequence;
  }
  return Ok();
}

uint64_t BytesOf(const Event& event) {
  return event.kind == EventKind::kCreated ? event.size_bytes : 0;
}

Result<LinkStatus> ReadOne(Account& source, Policy policy, Timestamp now) {
  LinkStatus status{.policy = std::move(policy)};
  const std::string& id = status.policy.policy_id;
  status.progress = TRY(ReadProgress(source.store(), id));
  status.failures = TRY(ReadFailures(source.store(), id));
  status.superseded = TRY(ReadSuperseded(source.store(), id));
  status.running = TRY(LinkOwnership::IsOwned(source, id));
  status.head = TRY(source.journal().Head());
  TRY(VisitPending(
      source, status.policy, status.progress.watermark, status.head, [&](const Event& event) {
        if (status.pending_operations++ == 0) {
          const int64_t age = std::max<int64_t>(0, now.ticks - event.time.ticks);
          status.oldest_pending_seconds = static_cast<uint64_t>(age / Timestamp::kTicksPerSecond);
        }
        status.pending_bytes += BytesOf(event);
      }));
  return status;
}

}  // namespace

Result<std::vector<LinkStatus>> ReadLinkStatus(Account& source, const Clock& clock) {
  std::vector<LinkStatus> all;
  auto policies = TRY(ListPolicies(source));
  for (Policy& policy : policies) {
    if (policy.source_account != source.name()) continue;
    auto status = TRY(ReadOne(source, std::move(policy), clock.Now()));
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
  const LinkProgress progress = TRY(ReadProgress(source.store(), policy.policy_id));
  TRY(VisitPending(source, policy, progress.watermark, scope.head, [&](const Event& event) {
    if (!Covers(scope, event.container, event.name)) return;
    ++work.operations;
    work.bytes += BytesOf(event);
  }));
  const auto failures = TRY(ReadFailures(source.store(), policy.policy_id));
  for (const Failure& failure : failures) {
    if (Covers(scope, failure.path.container, failure.path.name)) ++work.failures;
  }
  return work;
}

}  // namespace replicafs
