// One block of a file under write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "backend/blob/blob_info.h"
#include "cache/memory_buffer.h"

namespace replicafs {

// Guarded by its file's lock. Bytes that its place does not hold are zeros up to the block's end.
struct DirtyBlock {
  enum class Place {
    kBase,     // as if there were no DirtyBlock
    kMemory,   // `memory`
    kScratch,  // `held_bytes` bytes in the slot
    kStaged,   // the first `held_bytes` bytes of the block `staged`
  };

  explicit DirtyBlock(WritePoolState& pool) : memory(pool) {}

  Place place = Place::kBase;
  // Somebody works on it without the lock: its content and its place stay, and only he may change
  // them.
  bool busy = false;
  bool queued = false;   // for staging
  bool in_base = false;  // kMemory: the base holds the same
  MemoryBuffer memory;
  uint64_t slot = 0;
  uint64_t held_bytes = 0;
  // kStaged: where the bytes are. kMemory: the name of these bytes, zeros up to its size included,
  // if they were staged since they changed.
  std::optional<BlockRef> staged;
  uint64_t written_bytes = 0;  // since it was last staged
  uint64_t changed_at = 0;     // the file's change counter
  uint64_t ticket = 0;         // WritePoolState::Enlist
};

}  // namespace replicafs
