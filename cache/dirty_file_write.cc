// DirtyFileState: how bytes come into blocks, and blocks out of memory.
#include <algorithm>
#include <bit>
#include <utility>

#include "cache/dirty_file_state.h"

namespace replicafs {
namespace {

constexpr uint64_t kCapacityMinBytes = 4096;

// Room for `size` bytes of a block; doubles, so that a block is moved few times.
uint64_t CapacityFor(const BlockSpan& span, uint64_t size) {
  return std::min(span.size_bytes, std::max(kCapacityMinBytes, std::bit_ceil(size)));
}

}  // namespace

Status DirtyFileState::WriteBlock(const BlockSpan& span, uint64_t at, ByteSpan bytes) {
  using Place = DirtyBlock::Place;
  const uint64_t end = at + bytes.size();
  MemoryLease lease(pool_);
  MutexLock lock(mutex_);
  if (last_written_ != span.index) QueueIfFull(std::exchange(last_written_, span.index));
  for (;;) {
    DirtyBlock& block = blocks_.try_emplace(span.index, pool_).first->second;
    if (making_ || block.busy) {
      changed_.Wait(mutex_);
      continue;
    }
    if (block.place == Place::kScratch) {
      TRY(WriteToScratch(block, at, bytes));
      NoteWrite(span, block, end, bytes.size());
      return Ok();
    }
    const uint64_t held = HeldBytes(span);
    const bool covers = block.place == Place::kMemory || held == 0 || (at == 0 && end >= held);
    const uint64_t needed = CapacityFor(span, covers ? end : std::max(end, held));
    const uint64_t missing = needed - std::min<uint64_t>(needed, block.memory.capacity());
    if (lease.bytes() < missing) {
      lock.Unlock();
      TRY(lease.Take(missing));
      lock.Lock();
    } else if (!covers) {
      TRY(Load(span, block, needed, lease));
    } else {
      block.memory.Grow(needed, lease);
      WriteToMemory(span, block, at, bytes);
      return Ok();
    }
  }
}

void DirtyFileState::WriteToMemory(const BlockSpan& span, DirtyBlock& block, uint64_t at,
                                   ByteSpan bytes) {
  block.place = DirtyBlock::Place::kMemory;
  block.memory.Write(at, bytes);
  NoteWrite(span, block, at + bytes.size(), bytes.size());
  Enlist(span.index, block);
}

Status DirtyFileState::WriteToScratch(DirtyBlock& block, uint64_t at, ByteSpan bytes) {
  ScratchFile& scratch = pool_.scratch();
  if (at > block.held_bytes)
    TRY(scratch.WriteZeros(block.slot + block.held_bytes, at - block.held_bytes));
  TRY(scratch.Write(block.slot + at, bytes));
  block.held_bytes = std::max(block.held_bytes, at + bytes.size());
  return Ok();
}

void DirtyFileState::NoteWrite(const BlockSpan& span, DirtyBlock& block, uint64_t end,
                               size_t size) {
  block.staged.reset();
  block.in_base = false;
  block.written_bytes += size;
  block.changed_at = ++changes_;
  size_bytes_ = std::max(size_bytes_, span.offset + end);
}

Status DirtyFileState::Load(const BlockSpan& span, DirtyBlock& block, size_t capacity,
                            MemoryLease& lease) {
  MemoryBuffer loaded(pool_);
  loaded.Grow(capacity, lease);
  loaded.ResizeForOverwrite(HeldBytes(span));
  block.busy = true;
  const Status read = ReadBlock(span, 0, loaded.bytes());
  block.busy = false;
  changed_.NotifyAll();
  TRY(read);
  block.place = DirtyBlock::Place::kMemory;
  block.memory = std::move(loaded);
  block.staged.reset();
  Enlist(span.index, block);
  return Ok();
}

bool DirtyFileState::IsFull(const BlockSpan& span, const DirtyBlock& block) const {
  // A block of which only a little was rewritten will likely be written again.
  return block.written_bytes >= span.size_bytes && HeldBytes(span) == span.size_bytes;
}

void DirtyFileState::QueueIfFull(size_t index) {
  const auto found = blocks_.find(index);
  if (found == blocks_.end() || staging_failed_ || closed_) return;
  DirtyBlock& block = found->second;
  if (block.busy || block.queued || !IsFull(BlockNumber(index), block)) return;
  block.queued = true;
  pool_.Withdraw(std::exchange(block.ticket, 0));
  pool_.QueueStaging({weak_from_this(), index});
}

void DirtyFileState::Enlist(size_t index, DirtyBlock& block) {
  using Cost = WritePoolState::Cost;
  if (block.place != DirtyBlock::Place::kMemory) {
    pool_.Withdraw(std::exchange(block.ticket, 0));
    return;
  }
  const Cost cost = block.in_base || block.staged ? Cost::kNothing : Cost::kSpill;
  block.ticket = pool_.Enlist(block.ticket, cost, {weak_from_this(), index});
}

Status DirtyFileState::LetMemoryGo(size_t index) {
  MutexLock lock(mutex_);
  const auto found = blocks_.find(index);
  // Whoever works on it enlists it again.
  if (found == blocks_.end() || found->second.busy) return Ok();
  DirtyBlock& block = found->second;
  if (block.place != DirtyBlock::Place::kMemory) return Ok();
  if (block.in_base) {
    Drop(found);
    return Ok();
  }
  if (block.staged) {
    block.place = DirtyBlock::Place::kStaged;
    block.held_bytes = block.staged->size_bytes;
    block.memory.Free();
    return Ok();
  }
  QueueIfFull(index);
  if (block.queued) return Ok();
  return Spill(BlockNumber(index), block);
}

Status DirtyFileState::Spill(const BlockSpan& span, DirtyBlock& block) {
  ScratchFile& scratch = pool_.scratch();
  block.busy = true;
  mutex_.Unlock();
  auto slot = scratch.TakeSlot(span.size_bytes);
  Status written;
  if (slot) written = scratch.Write(*slot, std::as_const(block).memory.bytes());
  if (slot && !written) scratch.GiveSlot(*slot, span.size_bytes);
  mutex_.Lock();
  block.busy = false;
  changed_.NotifyAll();
  if (slot && written) {
    block.place = DirtyBlock::Place::kScratch;
    block.slot = *slot;
    block.held_bytes = block.memory.size();
    block.memory.Free();
    return Ok();
  }
  Enlist(span.index, block);
  return slot ? std::move(written).error() : std::move(slot).error();
}

}  // namespace replicafs
