#include "backend/replication/failure_log.h"

#include <utility>

#include "backend/replication/faults.h"
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
  const auto superseded = TRY(ReadSuperseded(source_, policy_id_));
  superseded_.clear();
  for (const Failure& failure : superseded)
    superseded_.emplace(VersionKey(failure.path, failure.version), failure.sequence);
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
                  .kind = event.kind,
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

// Only a version that the source still has can be missed at the destination.
Result<bool> FailureLog::IsMissed(const Failure& failure) const {
  if (failure.kind != EventKind::kCreated) return false;
  const auto version = source_.Stat(failure.path, failure.version);
  if (version) return true;
  const ErrorCode code = version.error().code;
  if (code == ErrorCode::kNotFound) return false;
  return IsBlobFault(code) ? Result<bool>(true) : version.error();
}

Status FailureLog::Record(const std::vector<FailedEvent>& failed, const std::vector<Event>& done,
                          const std::string& policy_row) {
  if (failed.empty() && failures_.empty() && superseded_.empty()) return Ok();
  const auto renewed = Renewals(done);
  const auto is_renewed = [&](const Failure& failure) {
    const auto found = renewed.find(failure.path);
    return found != renewed.end() && failure.sequence < found->second;
  };
  std::vector<Failure> waiting;
  std::vector<Failure> given_up;
  for (const FailedEvent& one : failed) {
    Failure failure = Describe(one);
    (is_renewed(failure) ? given_up : waiting).push_back(std::move(failure));
  }
  for (const auto& [sequence, failure] : failures_) {
    if (is_renewed(failure)) given_up.push_back(failure);
  }

  std::vector<Mutation> mutations;
  mutations.push_back(ExpectState{PolicyKey(policy_id_), policy_row});
  for (const Failure& failure : waiting)
    mutations.push_back(PutState{FailureKey(policy_id_, failure.sequence), Encode(failure)});
  std::vector<Failure> missed;
  for (Failure& failure : given_up) {
    mutations.push_back(RemoveState{FailureKey(policy_id_, failure.sequence)});
    const bool is_missed = TRY(IsMissed(failure));
    if (!is_missed) continue;
    mutations.push_back(PutState{SupersededKey(policy_id_, failure.sequence), Encode(failure)});
    missed.push_back(failure);
  }
  const auto settled = Settled(done);
  for (const VersionKey& version : settled)
    mutations.push_back(RemoveState{SupersededKey(policy_id_, superseded_.at(version))});
  if (mutations.size() == 1) return Ok();

  TRY(Write(std::move(mutations)));
  for (const Failure& failure : given_up) failures_.erase(failure.sequence);
  for (const VersionKey& version : settled) superseded_.erase(version);
  for (const Failure& failure : missed)
    superseded_.emplace(VersionKey(failure.path, failure.version), failure.sequence);
  for (Failure& failure : waiting) failures_.insert_or_assign(failure.sequence, std::move(failure));
  return Ok();
}

// Superseded versions that the source has no more, or that are copied after all: a step that was
// repeated may find the cause gone.
std::vector<FailureLog::VersionKey> FailureLog::Settled(const std::vector<Event>& done) const {
  std::vector<VersionKey> settled;
  for (const Event& event : done) {
    if (event.kind != EventKind::kVersionDeleted && event.kind != EventKind::kCreated) continue;
    VersionKey version({event.container, event.name}, event.version);
    if (superseded_.contains(version)) settled.push_back(std::move(version));
  }
  return settled;
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
