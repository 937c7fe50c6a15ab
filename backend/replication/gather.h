// Asks both sides of a link what Decide needs to know.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/blob_store.h"
#include "backend/blob/journal.h"
#include "backend/replication/link_context.h"
#include "backend/replication/policy.h"
#include "backend/replication/replication_plan.h"

namespace replicafs {

struct Gathered {
  std::vector<SourceChange> changes;
  // Of the same index: the content of a created version, as far as it is open already.
  std::vector<std::unique_ptr<BlobReader>> readers;
  DestinationFacts facts;
};

// Opens the version of a created event. Sets `info` to nullopt when it is gone, `fault` when it
// cannot be opened ever.
Status OpenSource(const LinkContext& context, SourceChange& change,
                  std::unique_ptr<BlobReader>& reader);

// `changes`: with event and rule. Fails with errors that are not the fault of one blob.
Result<Gathered> Gather(const LinkContext& context, const Policy& policy,
                        std::vector<SourceChange> changes, uint64_t maybe_copied_until,
                        std::stop_token stop);

}  // namespace replicafs
