// The content of a file that is being written: what its blob had, overlaid with what was written
// since. Full blocks are hashed and staged in the background while writing goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "backend/base/result.h"
#include "backend/blob/blob_store.h"

namespace replicafs {

// What all files under write share: one memory budget, the threads that hash and stage, and a
// directory for blocks that memory has no room for. Thread-safe.
class WritePool {
 public:
  struct Options {
    uint64_t memory_max_bytes = uint64_t{128} << 20;  // of dirty blocks, in all files together
    size_t threads = 2;
  };
  // `scratch_directory` must exist; its files are unlinked as soon as they are made.
  WritePool(std::string scratch_directory, Options options);
  ~WritePool();

  uint64_t memory_used_bytes() const;  // for tests and metrics

 private:
  friend class DirtyFile;
  class State;
  std::unique_ptr<State> state_;
};

// Thread-safe. Reads see every write that returned before them.
class DirtyFile {
 public:
  // `base` is the content to start from; nullptr: empty. The store and the pool outlive it.
  DirtyFile(BlobStore& store, WritePool& pool, std::shared_ptr<BlobReader> base);
  ~DirtyFile();
  DirtyFile(const DirtyFile&) = delete;
  DirtyFile& operator=(const DirtyFile&) = delete;

  uint64_t size_bytes() const;
  // Whether there is something that MakeContent's last result does not hold.
  bool dirty() const;

  // kTooLarge beyond BlobSizeMax(); kNoSpace when neither memory nor scratch space nor the store
  // has room (what was written before stays). May block while the budget is used up.
  Status Write(uint64_t offset, ByteSpan bytes);
  // Short only at the end of the file.
  Result<size_t> Read(uint64_t offset, std::span<std::byte> into);
  Status Truncate(uint64_t size_bytes);

  // Stages what is not yet staged and returns the content to commit: bytes when they fit the
  // store's inline limit, else the block list. Errors of background staging surface here, and the
  // data is kept so that a later call can succeed. Unchanged blocks of the base keep their names.
  Result<Content> MakeContent();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace replicafs
