// What a file under write still has of the blob that it was opened on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "backend/blob/blob_store.h"
#include "backend/blob/block_schedule.h"

namespace replicafs {

// A value; the reader is shared.
class BaseContent {
 public:
  explicit BaseContent(std::shared_ptr<BlobReader> reader);  // nullptr: empty

  const std::shared_ptr<BlobReader>& reader() const { return reader_; }
  // Bytes from here on are no longer the base's, whatever the file grows to later.
  void CutAt(uint64_t size_bytes);
  // How many bytes of the block come from the base; the others are zeros.
  uint64_t BytesIn(const BlockSpan& span) const;
  // The name of a block of this length; nullptr when the base has no such block.
  const BlockRef* Named(const BlockSpan& span, uint64_t size_bytes) const;

 private:
  std::shared_ptr<BlobReader> reader_;
  uint64_t end_ = 0;         // of what is still the base's
  size_t named_blocks_ = 0;  // leading blocks of its list that the schedule cuts in the same way
};

}  // namespace replicafs
