// What a link has still to copy: its source's journal above the cursor.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/base/time.h"
#include "backend/blob/journal.h"
#include "backend/replication/policy.h"

namespace replicafs {

// An event above the cursor that a rule copies, of a kind that changes the destination: a version
// that came, its properties, a removal. Not pending are events that are recorded as failed, and
// versions that are gone from the source again, so that nothing is left to copy. What the
// destination has from an earlier policy is pending until the link has seen that it is there.
struct PendingOperation {
  uint64_t sequence = 0;
  Timestamp time;
  uint64_t bytes = 0;  // of a version that came: its size
};

struct BacklogRequest {
  const Policy& policy;
  uint64_t cursor = 0;
  uint64_t head = 0;            // later events do not count
  std::set<uint64_t> failed;    // sequences
  uint64_t* skipped = nullptr;  // grows by the versions that are skipped (skipped.h)
  // Leaves out what it does not want; nullptr: all is wanted.
  std::function<bool(const Event&, const Rule&)> wanted;
};

// In the journal's order. 40 bytes of memory an operation.
Result<std::vector<PendingOperation>> ReadBacklog(Journal& source, const BacklogRequest& request);

// By how long ago the change was made at the source, as Azure's metrics
// PendingOperationsForReplication and PendingBytesForReplication divide it (dimension TimeBucket).
constexpr size_t kAgeBuckets = 8;
struct AgeBucket {
  uint64_t operations = 0;
  uint64_t bytes = 0;
};
using AgeBuckets = std::array<AgeBucket, kAgeBuckets>;
// "0-5min", "5-10min", "10-15min", "15-30min", "30min-2h", "2h-8h", "8h-24h", ">24h": the lower
// end is in the bucket, the upper one is not.
std::string_view AgeBucketName(size_t bucket);
// Each operation is in one bucket; those from the future are new.
AgeBuckets DivideByAge(const std::vector<PendingOperation>& backlog, Timestamp now);

}  // namespace replicafs
