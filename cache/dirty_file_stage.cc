// DirtyFileState: how blocks get their names and become content.
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "cache/dirty_file_state.h"

namespace replicafs {

std::optional<BlockRef> DirtyFileState::NameOf(const BlockSpan& span) const {
  const uint64_t length = LengthOf(span);
  if (IsHole(span)) {
    const auto zeros = zeros_.find(length);
    if (zeros == zeros_.end()) return std::nullopt;
    return BlockRef{zeros->second, length};
  }
  const auto found = blocks_.find(span.index);
  if (found != blocks_.end() && found->second.place != DirtyBlock::Place::kBase) {
    const DirtyBlock& block = found->second;
    if (!block.staged || block.staged->size_bytes != length) return std::nullopt;
    const bool cut =
        block.place == DirtyBlock::Place::kStaged && block.held_bytes < block.staged->size_bytes;
    return cut ? std::nullopt : block.staged;
  }
  const BlockRef* named = base_.Named(span, length);
  return named == nullptr ? std::nullopt : std::optional<BlockRef>(*named);
}

bool DirtyFileState::IsHole(const BlockSpan& span) const {
  const auto found = blocks_.find(span.index);
  if (found == blocks_.end() || found->second.place == DirtyBlock::Place::kBase)
    return base_.BytesIn(span) == 0;
  return found->second.place == DirtyBlock::Place::kMemory && found->second.memory.size() == 0;
}

Result<Content> DirtyFileState::MakeContent() {
  MutexLock lock(mutex_);
  while (making_) changed_.Wait(mutex_);
  making_ = true;
  // A write that is loading its block would take the block's name away; no new one begins.
  while (AnyBusyFrom(0)) changed_.Wait(mutex_);
  Result<Content> content =
      size_bytes_ <= store_.capabilities().inline_max_bytes ? MakeBytes() : MakeBlocks();
  making_ = false;
  changed_.NotifyAll();
  staging_failed_ = !content.has_value();
  if (!content) return content;
  made_changes_ = changes_;
  made_size_bytes_ = size_bytes_;
  least_size_since_ = size_bytes_;
  made_blocks_.reset();
  if (const auto* blocks = std::get_if<BlockList>(&*content)) made_blocks_ = *blocks;
  return content;
}

Result<Content> DirtyFileState::MakeBytes() {
  std::string bytes(size_bytes_, '\0');
  TRY(ReadBytes(0, std::as_writable_bytes(std::span(bytes))));
  return Content(std::move(bytes));
}

Result<Content> DirtyFileState::MakeBlocks() {
  const size_t count = BlockCount(size_bytes_);
  std::vector<size_t> pending;
  for (size_t index = 0; index < count; ++index) {
    const BlockSpan span = BlockNumber(index);
    if (NameOf(span)) continue;
    if (IsHole(span)) {
      TRY(StageZeros(LengthOf(span)));
    } else {
      pending.push_back(index);
    }
  }
  TRY(StageAll(std::move(pending)));
  BlockList list;
  list.reserve(count);
  std::map<uint64_t, Digest> used_zeros;
  for (size_t index = 0; index < count; ++index) {
    const BlockSpan span = BlockNumber(index);
    const auto name = NameOf(span);
    REPLICAFS_CHECK(name.has_value());
    if (IsHole(span)) used_zeros.emplace(name->size_bytes, name->digest);
    list.push_back(*name);
  }
  // The store may forget the others.
  zeros_ = std::move(used_zeros);
  return Content(std::move(list));
}

Status DirtyFileState::StageAll(std::vector<size_t> pending) {
  staging_failed_ = false;
  for (const size_t index : pending) {
    DirtyBlock& block = blocks_.try_emplace(index, pool_).first->second;
    // This thread takes the first, the pool's threads help with the others.
    if (index == pending.front() || block.busy || block.queued) continue;
    block.queued = true;
    pool_.Withdraw(std::exchange(block.ticket, 0));
    pool_.QueueStaging({weak_from_this(), index});
  }
  while (!pending.empty()) {
    std::vector<size_t> left;
    for (const size_t index : pending) {
      const BlockSpan span = BlockNumber(index);
      if (NameOf(span)) continue;
      DirtyBlock& block = blocks_.try_emplace(index, pool_).first->second;
      if (block.busy) {
        left.push_back(index);
      } else {
        TRY(Stage(span, block));
      }
    }
    if (left.size() == pending.size()) changed_.Wait(mutex_);
    pending = std::move(left);
  }
  return Ok();
}

void DirtyFileState::StageQueued(size_t index) {
  MutexLock lock(mutex_);
  const auto found = blocks_.find(index);
  if (closed_ || found == blocks_.end() || !found->second.queued) return;
  DirtyBlock& block = found->second;
  if (block.busy) return;
  block.queued = false;
  const BlockSpan span = BlockNumber(index);
  if (staging_failed_ || NameOf(span)) {
    Enlist(index, block);
    return;
  }
  // MakeContent tries again, and reports it if it persists.
  if (!Stage(span, block)) staging_failed_ = true;
}

Status DirtyFileState::Stage(const BlockSpan& span, DirtyBlock& block) {
  block.queued = false;
  block.busy = true;
  const auto name = HashAndStage(span, block);
  block.busy = false;
  changed_.NotifyAll();
  if (name) BecomeStaged(span, block, *name);
  Enlist(span.index, block);
  return name ? Ok() : Status(name.error());
}

Result<BlockRef> DirtyFileState::HashAndStage(const BlockSpan& span, const DirtyBlock& block) {
  const uint64_t length = LengthOf(span);
  MemoryBuffer copy(pool_);
  ByteSpan bytes = block.memory.bytes();
  if (block.place != DirtyBlock::Place::kMemory || bytes.size() != length) {
    MemoryLease lease(pool_);
    lease.TakeAnyway(length);
    copy.Grow(length, lease);
    copy.ResizeForOverwrite(length);
    TRY(ReadBlock(span, 0, copy.bytes()));
    bytes = std::as_const(copy).bytes();
  }
  mutex_.Unlock();
  const BlockRef name{Sha256(bytes), length};
  const Status staged = store_.StageBlock(name.digest, bytes);
  mutex_.Lock();
  TRY(staged);
  return name;
}

void DirtyFileState::BecomeStaged(const BlockSpan& span, DirtyBlock& block, const BlockRef& name) {
  const bool full = IsFull(span, block);
  block.staged = name;
  block.written_bytes = 0;
  // What is appended to next is kept while there is room.
  if (block.place == DirtyBlock::Place::kMemory && !full) return;
  if (block.place == DirtyBlock::Place::kScratch)
    pool_.scratch().GiveSlot(block.slot, span.size_bytes);
  block.place = DirtyBlock::Place::kStaged;
  block.held_bytes = name.size_bytes;
  block.memory.Free();
}

Status DirtyFileState::StageZeros(uint64_t size_bytes) {
  mutex_.Unlock();
  // Untouched pages of an anonymous mapping are all one page.
  void* zeros = ::mmap(nullptr, size_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  Status staged;
  Digest digest;
  if (zeros == MAP_FAILED) {
    staged = ErrnoError("map a block of zeros", errno);
  } else {
    const ByteSpan bytes(static_cast<const std::byte*>(zeros), size_bytes);
    digest = Sha256(bytes);
    staged = store_.StageBlock(digest, bytes);
    ::munmap(zeros, size_bytes);
  }
  mutex_.Lock();
  TRY(staged);
  zeros_[size_bytes] = digest;
  return Ok();
}

Status DirtyFileState::Rebase(std::shared_ptr<BlobReader> base) {
  MutexLock lock(mutex_);
  while (making_) changed_.Wait(mutex_);
  if (base == nullptr || base->info().size_bytes != made_size_bytes_ ||
      (made_blocks_ && base->blocks() != made_blocks_)) {
    return Error{ErrorCode::kStale, "the blob is not what was made of the file"};
  }
  base_ = BaseContent(std::move(base));
  base_.CutAt(least_size_since_);
  for (auto block = blocks_.begin(); block != blocks_.end();) {
    DirtyBlock& unchanged = block->second;
    if (unchanged.busy || unchanged.changed_at > made_changes_) {
      ++block;
    } else if (unchanged.place == DirtyBlock::Place::kMemory) {
      unchanged.in_base = true;
      Enlist(block->first, unchanged);
      ++block;
    } else {
      block = Drop(block);
    }
  }
  return Ok();
}

}  // namespace replicafs
