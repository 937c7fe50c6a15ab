#include "backend/replication/backlog.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "backend/replication/rule_index.h"
#include "backend/replication/skipped.h"

namespace replicafs {
namespace {

constexpr size_t kScanEvents = 4096;  // read from the journal at once

struct Candidate {
  PendingOperation operation;
  VersionId version;           // zero: a removal, which stays when its version is gone
  const Rule* rule = nullptr;  // of the event
};

class Scan {
 public:
  explicit Scan(const BacklogRequest& request) : request_(request), rules_(request.policy) {}

  void Visit(const Event& event) {
    if (event.kind == EventKind::kContainerDeleted) {
      if (rules_.Copies(event.container))
        deleted_containers_.emplace_back(event.container, event.sequence);
      return;
    }
    const Rule* rule = rules_.RuleOf(event);
    if (rule == nullptr) {
      if (request_.skipped != nullptr && IsSkipped(rules_, event)) ++*request_.skipped;
      return;
    }
    const bool created = event.kind == EventKind::kCreated;
    const bool version_deleted = event.kind == EventKind::kVersionDeleted;
    if (created && event.replaces) gone_.push_back(event.replaces);
    if (version_deleted) gone_.push_back(event.version);
    if (created || event.kind == EventKind::kPropertiesChanged) {
      Add(event, rule, event.version, created ? event.size_bytes : 0);
    } else if (version_deleted || event.kind == EventKind::kDeleted) {
      Add(event, rule, {}, 0);
    }
  }

  std::vector<PendingOperation> Take() {
    std::sort(gone_.begin(), gone_.end());
    std::vector<PendingOperation> backlog;
    backlog.reserve(candidates_.size());
    for (const Candidate& candidate : candidates_) {
      if (!IsGone(candidate)) backlog.push_back(candidate.operation);
    }
    return backlog;
  }

 private:
  void Add(const Event& event, const Rule* rule, VersionId version, uint64_t bytes) {
    if (request_.failed.contains(event.sequence)) return;
    if (request_.wanted != nullptr && !request_.wanted(event, *rule)) return;
    candidates_.push_back({{event.sequence, event.time, bytes}, version, rule});
  }

  bool IsGone(const Candidate& candidate) const {
    if (!candidate.version) return false;
    if (std::binary_search(gone_.begin(), gone_.end(), candidate.version)) return true;
    return std::any_of(deleted_containers_.begin(), deleted_containers_.end(),
                       [&](const auto& deleted) {
                         return candidate.operation.sequence < deleted.second &&
                                candidate.rule->source_container == deleted.first;
                       });
  }

  const BacklogRequest& request_;
  const RuleIndex rules_;
  std::vector<Candidate> candidates_;
  std::vector<VersionId> gone_;                                       // unique in the account
  std::vector<std::pair<std::string, uint64_t>> deleted_containers_;  // and when
};

constexpr int64_t kMinute = 60 * Timestamp::kTicksPerSecond;
constexpr std::array<int64_t, kAgeBuckets - 1> kBucketEnds = {
    5 * kMinute,   10 * kMinute,     15 * kMinute,     30 * kMinute,
    120 * kMinute, 8 * 60 * kMinute, 24 * 60 * kMinute};

}  // namespace

Result<std::vector<PendingOperation>> ReadBacklog(Journal& source, const BacklogRequest& request) {
  Scan scan(request);
  uint64_t after = request.cursor;
  while (after < request.head) {
    const auto limit = std::min<uint64_t>(kScanEvents, request.head - after);
    const auto events = TRY(source.Read(after, static_cast<size_t>(limit)));
    if (events.empty()) break;
    for (const Event& event : events) scan.Visit(event);
    after = events.back().sequence;
  }
  return scan.Take();
}

std::string_view AgeBucketName(size_t bucket) {
  constexpr std::array<std::string_view, kAgeBuckets> kNames = {
      "0-5min", "5-10min", "10-15min", "15-30min", "30min-2h", "2h-8h", "8h-24h", ">24h"};
  return kNames[bucket];
}

AgeBuckets DivideByAge(const std::vector<PendingOperation>& backlog, Timestamp now) {
  AgeBuckets buckets;
  for (const PendingOperation& operation : backlog) {
    const int64_t age = now.ticks - operation.time.ticks;
    const auto end = std::upper_bound(kBucketEnds.begin(), kBucketEnds.end(), age);
    AgeBucket& bucket = buckets[static_cast<size_t>(end - kBucketEnds.begin())];
    ++bucket.operations;
    bucket.bytes += operation.bytes;
  }
  return buckets;
}

}  // namespace replicafs
