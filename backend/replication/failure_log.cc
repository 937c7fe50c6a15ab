#include "backend/replication/failure_log.h"

#include <set>
#include <utility>

#include "backend/replication/link_rows.h"

namespace replicafs {
namespace {

// Blobs that these events bring up to date or remove, each with the newest such event.
std::map<BlobPath, uint64_t> Renewals(const std::vector<Event>& done) {
  std::map<BlobPath, uint64_t> renewals;
  for (const Event& event : done) {
    if (event.kind == EventKind::kCreated || event.kind == EventKind::kDeleted)
      renewals[{event.container, event.name}] = event.sequence;
  }
  return renewals;
}

}  // namespace

Status FailureLog::Load() {
  auto failures = TRY(ReadFailures(source_, policy_id_));
  failures_.clear();
  for (Failure& failure : failures) failures_.emplace(failure.sequence, std::move(failure));
  loaded_ = true;
  return Ok();
}

std::vector<Failure> FailureLog::All() const {
  std::vector<Failure> failures;
  for (const auto& [sequence, failure] : failures_) failures.push_back(failure);
  return failures;
}

Failure FailureLog::Describe(const FailedEvent& failed) const {
  const Event& event = failed.event;
  Failure failure{.sequence = event.sequence,
                  .path = {event.container, event.name},
                  .version = event.version,
                  .code = failed.fault.code,
                  .reason = failed.fault.reason,
                  .attempts = 1,
                  .last = clock_.Now()};
  const auto before = failures_.find(event.sequence);
  failure.first = before == failures_.end() ? failure.last : before->second.first;
  if (before != failures_.end()) failure.attempts = before->second.attempts + 1;
  return failure;
}

Status FailureLog::Record(const std::vector<FailedEvent>& failed, const std::vector<Event>& done,
                          const std::string& policy_row) {
  std::map<uint64_t, Failure> recorded;
  std::set<uint64_t> forgotten;
  if (!failures_.empty() || !failed.empty()) {
    const auto renewed = Renewals(done);
    const auto is_renewed = [&](const BlobPath& path, uint64_t sequence) {
      const auto found = renewed.find(path);
      return found != renewed.end() && sequence < found->second;
    };
    for (const FailedEvent& one : failed) {
      if (!is_renewed({one.event.container, one.event.name}, one.event.sequence))
        recorded.emplace(one.event.sequence, Describe(one));
    }
    for (const auto& [sequence, failure] : failures_) {
      if (is_renewed(failure.path, sequence)) forgotten.insert(sequence);
    }
  }
  if (recorded.empty() && forgotten.empty()) return Ok();

  std::vector<Mutation> mutations;
  mutations.push_back(ExpectState{PolicyKey(policy_id_), policy_row});
  for (const auto& [sequence, failure] : recorded)
    mutations.push_back(PutState{FailureKey(policy_id_, sequence), Encode(failure)});
  for (const uint64_t sequence : forgotten)
    mutations.push_back(RemoveState{FailureKey(policy_id_, sequence)});
  TRY(Write(std::move(mutations)));
  for (const uint64_t sequence : forgotten) failures_.erase(sequence);
  for (auto& [sequence, failure] : recorded)
    failures_.insert_or_assign(sequence, std::move(failure));
  return Ok();
}

Status FailureLog::Forget(uint64_t sequence) {
  std::vector<Mutation> mutations;
  mutations.push_back(RemoveState{FailureKey(policy_id_, sequence)});
  TRY(Write(std::move(mutations)));
  failures_.erase(sequence);
  return Ok();
}

Status FailureLog::Write(std::vector<Mutation> mutations) {
  const auto applied = source_.Apply(std::move(mutations), 0);
  if (applied) return Ok();
  loaded_ = false;
  return applied.error();
}

}  // namespace replicafs
