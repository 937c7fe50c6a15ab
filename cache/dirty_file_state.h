// The inside of DirtyFile. Blocks without an entry are the base's, or zeros where it has none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/base/result.h"
#include "backend/blob/blob_store.h"
#include "backend/blob/block_schedule.h"
#include "cache/base_content.h"
#include "cache/dirty_block.h"
#include "cache/extents.h"
#include "cache/write_pool_state.h"

namespace replicafs {

// Thread-safe. A step that takes long marks its block busy and works without the lock.
class DirtyFileState : public std::enable_shared_from_this<DirtyFileState> {
 public:
  DirtyFileState(BlobStore& store, WritePoolState& pool, std::shared_ptr<BlobReader> base);

  uint64_t size_bytes() const EXCLUDES(mutex_);
  bool dirty() const EXCLUDES(mutex_);
  Status Write(uint64_t offset, ByteSpan bytes) EXCLUDES(mutex_);
  Result<size_t> Read(uint64_t offset, std::span<std::byte> into) EXCLUDES(mutex_);
  Status Truncate(uint64_t size_bytes) EXCLUDES(mutex_);
  Status Zero(uint64_t offset, uint64_t length) EXCLUDES(mutex_);
  Status Share(uint64_t offset, std::span<const BlockRef> blocks) EXCLUDES(mutex_);
  std::optional<uint64_t> Find(Extent what, uint64_t offset) const EXCLUDES(mutex_);
  Result<Content> MakeContent() EXCLUDES(mutex_);
  Status Rebase(std::shared_ptr<BlobReader> base) EXCLUDES(mutex_);
  // Returns when the store will not be called any more. Nothing else is called after it but what
  // the pool calls.
  void Close() EXCLUDES(mutex_);

  // By the pool.
  Status LetMemoryGo(size_t index) EXCLUDES(mutex_);
  void StageQueued(size_t index) EXCLUDES(mutex_);

 private:
  using Blocks = std::map<size_t, DirtyBlock>;

  // dirty_file_state.cc
  uint64_t LengthOf(const BlockSpan& span) const REQUIRES(mutex_);
  uint64_t HeldBytes(const BlockSpan& span) const REQUIRES(mutex_);
  // Releases the lock while it reads from the store.
  Status ReadBlock(const BlockSpan& span, uint64_t at, std::span<std::byte> into) REQUIRES(mutex_);
  Status ReadBytes(uint64_t offset, std::span<std::byte> into) REQUIRES(mutex_);
  bool AnyBusyFrom(uint64_t offset) const REQUIRES(mutex_);
  void CutAt(uint64_t size_bytes) REQUIRES(mutex_);
  Blocks::iterator Drop(Blocks::iterator block) REQUIRES(mutex_);

  // dirty_file_write.cc
  Status WriteBlock(const BlockSpan& span, uint64_t at, ByteSpan bytes) EXCLUDES(mutex_);
  void WriteToMemory(const BlockSpan& span, DirtyBlock& block, uint64_t at, ByteSpan bytes)
      REQUIRES(mutex_);
  Status WriteToScratch(DirtyBlock& block, uint64_t at, ByteSpan bytes) REQUIRES(mutex_);
  // Releases the lock while it reads.
  Status Load(const BlockSpan& span, DirtyBlock& block, size_t capacity, MemoryLease& lease)
      REQUIRES(mutex_);
  void NoteWrite(const BlockSpan& span, DirtyBlock& block, uint64_t end, size_t size)
      REQUIRES(mutex_);
  void QueueIfFull(size_t index) REQUIRES(mutex_);
  // Releases the lock while it writes.
  Status Spill(const BlockSpan& span, DirtyBlock& block) REQUIRES(mutex_);
  void Enlist(size_t index, DirtyBlock& block) REQUIRES(mutex_);
  bool IsFull(const BlockSpan& span, const DirtyBlock& block) const REQUIRES(mutex_);

  // dirty_file_ranges.cc
  void PunchBlock(const BlockSpan& span) REQUIRES(mutex_);
  bool Fit(uint64_t offset, std::span<const BlockRef> blocks) const REQUIRES(mutex_);
  DirtyBlock& Renew(size_t index) REQUIRES(mutex_);

  // dirty_file_stage.cc
  std::optional<BlockRef> NameOf(const BlockSpan& span) const REQUIRES(mutex_);
  bool IsHole(const BlockSpan& span) const REQUIRES(mutex_);
  Result<Content> MakeBytes() REQUIRES(mutex_);
  Result<Content> MakeBlocks() REQUIRES(mutex_);
  Status StageAll(std::vector<size_t> pending) REQUIRES(mutex_);
  // These release the lock while they read, hash and stage.
  Status Stage(const BlockSpan& span, DirtyBlock& block) REQUIRES(mutex_);
  Result<BlockRef> HashAndStage(const BlockSpan& span, const DirtyBlock& block) REQUIRES(mutex_);
  Status StageZeros(uint64_t size_bytes) REQUIRES(mutex_);
  void BecomeStaged(const BlockSpan& span, DirtyBlock& block, const BlockRef& name)
      REQUIRES(mutex_);

  BlobStore& store_;
  WritePoolState& pool_;
  mutable Mutex mutex_;
  CondVar changed_;  // of busy blocks and making_
  BaseContent base_ GUARDED_BY(mutex_);
  uint64_t size_bytes_ GUARDED_BY(mutex_);
  Blocks blocks_ GUARDED_BY(mutex_);
  std::map<uint64_t, Digest> zeros_ GUARDED_BY(mutex_);  // staged blocks of zeros, by size
  size_t last_written_ GUARDED_BY(mutex_) = 0;           // a block's index
  bool making_ GUARDED_BY(mutex_) = false;               // MakeContent runs: no changes
  // After a failure nothing is staged in the background until MakeContent succeeds.
  bool staging_failed_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;

  uint64_t changes_ GUARDED_BY(mutex_) = 0;  // counts writes and truncations
  // Of MakeContent's last result:
  uint64_t made_changes_ GUARDED_BY(mutex_) = 0;
  uint64_t made_size_bytes_ GUARDED_BY(mutex_) = 0;
  std::optional<BlockList> made_blocks_ GUARDED_BY(mutex_);
  uint64_t least_size_since_ GUARDED_BY(mutex_) = 0;  // the smallest size since then
};

}  // namespace replicafs
