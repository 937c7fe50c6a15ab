// Replication status, derived: a change is complete when it lies at or below the link's watermark
// and is not among the failed ones, pending above it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/backlog.h"
#include "backend/replication/link_state.h"
#include "backend/replication/policy.h"

namespace replicafs {

enum class BlobStatus { kNone, kPending, kComplete, kFailed, kReplica };
std::string_view ToString(BlobStatus status);  // "none", "pending", "complete", "failed", "replica"

struct RuleStatus {
  std::string policy_id;
  std::string rule_id;
  BlobStatus status = BlobStatus::kNone;
  std::string reason;  // of a failure: "CODE: sentence"
};

struct BlobReplication {
  BlobStatus status =
      BlobStatus::kNone;  // of all rules together: failed, else pending, else complete
  int percent = 0;        // while pending: of the blob's bytes
  std::string reason;
  std::vector<RuleStatus> rules;
};

struct LinkSpeed {
  double versions_per_second = 0;
  double logical_bytes_per_second = 0;
  double sent_bytes_per_second = 0;
  // Until nothing of the present backlog is pending; nullopt: cannot be told.
  std::optional<uint64_t> remaining_seconds;
};

// The figures are those of one moment: when the destination's cursor was read.
struct LinkStatus {
  Policy policy;
  // With the counters of the destination's cursor, where it can be read; what is skipped is counted
  // up to `head`.
  LinkProgress progress;
  bool running = false;  // some process owns the link
  bool half = false;     // the policy IsHalf: nothing is copied
  uint64_t head = 0;     // newest position of the source's journal
  uint64_t cursor = 0;   // every event up to here is done or recorded as failed
  // The cursor is the destination's. Else that cannot be read and the cursor is the watermark, so
  // what a link did last before it ended is counted as pending still.
  bool exact = false;
  // A sentence for each rule that the halves do not agree on: all that it copies is pending.
  std::vector<std::string> differences;
  AgeBuckets pending;  // ReadBacklog, by age
  uint64_t pending_operations = 0;
  uint64_t pending_bytes = 0;  // logical
  Timestamp oldest_pending;    // when the oldest of them was made; zero: nothing is pending
  uint64_t oldest_pending_seconds = 0;
  // The time of the newest event at the source such that the destination has everything that the
  // policy copies up to it: neither pending nor failed, but for what is superseded. Never in the
  // middle of a step of the source. Zero: there is none.
  Timestamp replicated_through;
  // nullopt when nothing is pending, nobody has worked on it for some seconds, or the link has not
  // worked for long enough to tell.
  std::optional<LinkSpeed> speed;
  std::vector<Failure> failures;
  std::vector<Failure> superseded;  // ReadSuperseded
};
// How long so much takes at this rate: the longer one of the events and of the bytes. nullopt: the
// rate does not tell.
std::optional<uint64_t> SecondsToCopy(const LinkRate& rate, uint64_t events, uint64_t bytes);
// LinkStatus::speed, from the other members.
std::optional<LinkSpeed> SpeedOf(const LinkStatus& status, Timestamp now);

// Reads the status of blobs in one account. Thread-safe; remembers policies, watermarks and
// failures for as long as the account does not change.
class StatusReader {
 public:
  explicit StatusReader(std::shared_ptr<Account> account);
  ~StatusReader();

  // `info` as the account's store gave it for a blob in `container`.
  Result<BlobReplication> StatusOf(std::string_view container, const BlobInfo& info);

 private:
  class State;
  std::unique_ptr<State> state_;
};

// Of every policy whose source is this account; `half` is left for who asks IsHalf.
Result<std::vector<LinkStatus>> ReadLinkStatus(Account& source, AccountSource& accounts,
                                               const Clock& clock);

// What `wait` asks about.
struct PendingScope {
  std::string container;  // at the source; empty: all
  // This blob, and those whose names begin with it and '/'; just the latter when it ends with '/'.
  // Empty: all.
  std::string name;
  uint64_t head = 0;  // of the source's journal: later changes do not count
};
bool Covers(const PendingScope& scope, std::string_view container, std::string_view name);
// Whether the rule copies any blob of the scope.
bool Overlaps(const PendingScope& scope, const Rule& rule);

struct PendingWork {
  uint64_t operations = 0;
  uint64_t bytes = 0;
  uint64_t failures = 0;
};
Result<PendingWork> ReadPending(Account& source, const Policy& policy, const PendingScope& scope);

}  // namespace replicafs
