// What has to be read at the source to bring content to a destination. For this folder alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "backend/base/digest.h"
#include "backend/base/result.h"
#include "backend/blob/blob_store.h"
#include "backend/replication/staging.h"

namespace replicafs {

// One read, and what becomes of it.
struct StagingPiece {
  size_t item = 0;  // its number
  uint64_t offset = 0;
  uint64_t size_bytes = 0;
  enum class Kind {
    kWhole,     // the content, to be committed as bytes
    kKnown,     // a block of the source
    kNewBlock,  // a block that the source does not have as such
  } kind = Kind::kWhole;
  Digest digest;     // kKnown
  size_t block = 0;  // kNewBlock: its number
};

// Without the blocks that the destination has, and each block once. Gives the items the content
// that they will have: known blocks are in it, what is to be read is missing.
Result<std::vector<StagingPiece>> PlanStaging(BlobStore& destination,
                                              std::vector<StageItem>& items);

}  // namespace replicafs
