// Brings the content of blobs to a destination, as far as it is not there yet.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/blob_store.h"
#include "backend/replication/link_context.h"
#include "backend/replication/replication_plan.h"

namespace replicafs {

struct StageItem {
  BlobReader* reader = nullptr;
  BlobPath path;  // at the source
  // Filled by StageContents; `content` only without a fault.
  Content content;
  std::optional<BlobFault> fault;  // what makes this blob unreadable for good
  uint64_t sent_bytes = 0;         // also when Stage fails
};

// The blob with the most left to do when it began.
struct StageProgress {
  const BlobPath& path;
  const BlobInfo& blob;
  uint64_t done_bytes = 0;
};

// Small content becomes bytes, other content blocks: those of the source where it has them, else
// cut by block_schedule.h. Blocks that the destination has, or that two blobs share, are sent once.
// Memory: the content that becomes bytes, and one block a thread. Fails with errors that are not
// the fault of one blob.
Status StageContents(const LinkContext& context, std::vector<StageItem>& items,
                     std::stop_token stop,
                     const std::function<void(const StageProgress&)>& progress);

}  // namespace replicafs
