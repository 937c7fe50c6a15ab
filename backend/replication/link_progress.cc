#include "backend/replication/link_progress.h"

#include <unistd.h>

#include <array>
#include <utility>

#include "backend/replication/link_rules.h"

namespace replicafs {
namespace {

constexpr std::chrono::milliseconds kInterval{200};

std::string HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

// What readers care about; the time of the row and the rate up to it are not among it.
bool SaysTheSame(const LinkProgress& a, const LinkProgress& b) {
  return a.watermark == b.watermark && a.rules == b.rules &&
         a.versions_copied == b.versions_copied && a.logical_bytes == b.logical_bytes &&
         a.sent_bytes == b.sent_bytes && a.versions_skipped == b.versions_skipped &&
         a.current_name == b.current_name && a.current_version == b.current_version &&
         a.current_done_bytes == b.current_done_bytes && a.last_error == b.last_error &&
         a.owner_pid == b.owner_pid && a.owner_host == b.owner_host;
}

LinkProgress WithCursor(LinkProgress progress, const LinkCursor& durable) {
  progress.watermark = durable.sequence;
  progress.versions_copied = durable.versions_copied;
  progress.logical_bytes = durable.logical_bytes;
  progress.sent_bytes = durable.sent_bytes;
  progress.versions_skipped = durable.versions_skipped;
  return progress;
}

RateWindow::Totals TotalsOf(const LinkCursor& durable) {
  return {.events = durable.sequence,
          .versions = durable.versions_copied,
          .logical_bytes = durable.logical_bytes,
          .sent_bytes = durable.sent_bytes};
}

}  // namespace

ProgressPublisher::ProgressPublisher(BlobStore& source, std::string policy_id, const Clock& clock)
    : source_(source), policy_id_(std::move(policy_id)), clock_(clock) {
  owner_.owner_pid = getpid();
  owner_.owner_host = HostName();
}

void ProgressPublisher::SetRules(const std::string& rules) {
  if (rules == rules_) return;
  rules_ = rules;
  owner_.rules = RulesDigest(rules);
}

bool ProgressPublisher::IsTime() const {
  return std::chrono::steady_clock::now() - published_at_ >= kInterval;
}

Status ProgressPublisher::Publish(const LinkCursor& durable, std::string last_error,
                                  const std::string& policy_row) {
  const LinkRate rate = rates_.Rest(std::chrono::steady_clock::now(), TotalsOf(durable));
  LinkProgress progress = WithCursor(owner_, durable);
  progress.rate = rate;
  progress.last_error = std::move(last_error);
  return Write(std::move(progress), policy_row);
}

Status ProgressPublisher::PublishNowAndThen(const LinkCursor& durable,
                                            const std::string& policy_row) {
  return IsTime() ? Write(AtWork(durable, 0), policy_row) : Ok();
}

LinkProgress ProgressPublisher::AtWork(const LinkCursor& durable, uint64_t under_way_bytes) {
  RateWindow::Totals totals = TotalsOf(durable);
  totals.logical_bytes += under_way_bytes;
  LinkProgress progress = WithCursor(owner_, durable);
  progress.rate = rates_.Add(std::chrono::steady_clock::now(), totals);
  return progress;
}

void ProgressPublisher::PublishCurrent(const LinkCursor& durable, const std::string& policy_row,
                                       const StageProgress& current) {
  if (!IsTime()) return;
  LinkProgress progress = AtWork(durable, current.done_bytes);
  progress.current_name = ToString(current.path);
  progress.current_version = current.blob.version;
  progress.current_done_bytes = current.done_bytes;
  progress.current_total_bytes = current.blob.size_bytes;
  // A source that cannot be written to shows when the window is done.
  static_cast<void>(Write(std::move(progress), policy_row));
}

Status ProgressPublisher::Write(LinkProgress progress, const std::string& policy_row) {
  if (published_ && SaysTheSame(*published_, progress)) return Ok();
  progress.updated = clock_.Now();
  published_at_ = std::chrono::steady_clock::now();
  std::vector<Mutation> mutations;
  mutations.push_back(ExpectState{PolicyKey(policy_id_), policy_row});
  mutations.push_back(PutState{ProgressKey(policy_id_), Encode(progress)});
  const bool tells_rules = !published_ || published_->rules != progress.rules;
  if (tells_rules && !rules_.empty()) mutations.push_back(PutState{RulesKey(policy_id_), rules_});
  const auto applied = source_.Apply(std::move(mutations), 0);
  if (applied) {
    published_ = std::move(progress);
  } else if (applied.error().code != ErrorCode::kPrecondition) {
    return applied.error();
  }
  return Ok();
}

Status PublishError(BlobStore& source, const std::string& policy_id, const Clock& clock,
                    const std::string& last_error) {
  const auto policy_row = TRY(source.GetState(PolicyKey(policy_id)));
  if (!policy_row) return Ok();
  const LinkProgress before = TRY(ReadProgress(source, policy_id));
  if (before.last_error == last_error && before.owner_pid == getpid()) return Ok();
  const LinkCursor durable{.sequence = before.watermark,
                           .versions_copied = before.versions_copied,
                           .logical_bytes = before.logical_bytes,
                           .sent_bytes = before.sent_bytes,
                           .versions_skipped = before.versions_skipped};
  ProgressPublisher publisher(source, policy_id, clock);
  publisher.KeepRules(before.rules);
  return publisher.Publish(durable, last_error, *policy_row);
}

}  // namespace replicafs
