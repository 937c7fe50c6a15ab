// A window of source events, made ready to be applied at the destination in one step.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/journal.h"
#include "backend/blob/mutation.h"
#include "backend/replication/gather.h"
#include "backend/replication/link_context.h"
#include "backend/replication/policy.h"
#include "backend/replication/replication_plan.h"
#include "backend/replication/staging.h"

namespace replicafs {

struct FailedEvent {
  Event event;
  BlobFault fault;
};

struct CopyBatch {
  std::vector<Mutation> mutations;  // in the order of the events
  std::vector<FailedEvent> failed;  // not among the mutations
  std::vector<Event> done;          // the policy's other events
  uint64_t versions = 0;
  uint64_t logical_bytes = 0;
  // Of the done events: versions that the source has and that need nothing.
  uint64_t there_versions = 0;
  uint64_t there_bytes = 0;
};

struct BatchRequest {
  const Policy& policy;
  std::vector<SourceChange> changes;  // event and rule
  uint64_t maybe_copied_until = 0;    // DestinationFacts
  std::stop_token stop;
  std::function<void(const StageProgress&)> progress = [](const StageProgress&) {};
  // Of who makes batches to see what a link would do. nullptr: nothing more is known than both
  // sides say.
  std::function<void(Gathered&)> amend;
  // In place of StageContents.
  std::function<Status(std::vector<StageItem>&)> stage;
};

// Reads, decides and stages; commits nothing. `sent_bytes` grows by what went over, also when this
// fails. Errors are those that are not the fault of one blob.
Result<CopyBatch> MakeBatch(const LinkContext& context, BatchRequest request, uint64_t& sent_bytes);

}  // namespace replicafs
