// The content of a file that is being written: what its blob had, overlaid with what was written
// since. Full blocks are hashed and staged in the background while writing goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "backend/base/result.h"
#include "backend/blob/blob_store.h"
#include "cache/extents.h"

namespace replicafs {

class DirtyFileState;
class WritePoolState;

// What all files under write share: one memory budget, the threads that hash and stage, and a
// scratch file for blocks that memory has no room for. Thread-safe.
class WritePool {
 public:
  struct Options {
    // Of dirty blocks, in all files together. Exceeded by at most one block for each thread that
    // writes, stages or makes content.
    uint64_t memory_max_bytes = uint64_t{128} << 20;
    size_t threads = 2;
  };
  // `scratch_directory` must exist; the scratch file is unlinked as soon as it is made.
  WritePool(std::string scratch_directory, Options options);
  ~WritePool();
  WritePool(const WritePool&) = delete;
  WritePool& operator=(const WritePool&) = delete;

  uint64_t memory_used_bytes() const;  // for tests and metrics

 private:
  friend class DirtyFile;
  std::unique_ptr<WritePoolState> state_;
};

// Thread-safe. Reads see every write that returned before them.
class DirtyFile {
 public:
  // `base` is the content to start from; nullptr: empty. The store and the pool outlive it.
  DirtyFile(BlobStore& store, WritePool& pool, std::shared_ptr<BlobReader> base);
  // Forgets what was written; waits for a block that is being staged.
  ~DirtyFile();
  DirtyFile(const DirtyFile&) = delete;
  DirtyFile& operator=(const DirtyFile&) = delete;

  uint64_t size_bytes() const;
  // Whether there is something that MakeContent's last result does not hold. False at first.
  bool dirty() const;

  // kTooLarge beyond BlobSizeMax(); kNoSpace when neither memory nor scratch space nor the store
  // has room (what was written before stays). Blocks while the budget is used up and while
  // MakeContent runs. A failed write may have written its first blocks.
  Status Write(uint64_t offset, ByteSpan bytes);
  // Short only at the end of the file.
  Result<size_t> Read(uint64_t offset, std::span<std::byte> into);
  // kTooLarge. Blocks while MakeContent runs.
  Status Truncate(uint64_t size_bytes);
  // Makes zeros of what the file has in the range; its size stays. Whole blocks become holes.
  Status Zero(uint64_t offset, uint64_t length);
  // Puts blocks that the store has at `offset`, the start of a block. Each is as long as the block
  // whose place it takes, or is the last and reaches the end of the file. kInvalid when they do not
  // fit so, kNotFound when the store has not all of them: then nothing has changed.
  Status Share(uint64_t offset, std::span<const BlockRef> blocks);
  // See FindExtent; data may hold zeros.
  std::optional<uint64_t> Find(Extent what, uint64_t offset) const;

  // Stages what is not yet staged and returns the content to commit: bytes when they fit the
  // store's inline limit, else the block list. Errors of background staging surface here if they
  // persist, and the data is kept so that a later call can succeed. Unchanged blocks of the base
  // keep their names.
  Result<Content> MakeContent();

  // Optional, after MakeContent's last result was committed: the content is henceforth read from
  // `base`, which is that commit's version. Pins it and lets memory go; writes that happened in
  // between stay. kStale, and nothing changes, when size or blocks show that `base` is another.
  Status Rebase(std::shared_ptr<BlobReader> base);

 private:
  std::shared_ptr<DirtyFileState> state_;  // shared with the pool's threads while they work on it
};

}  // namespace replicafs
