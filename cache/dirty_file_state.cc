#include "cache/dirty_file_state.h"

#include <algorithm>
#include <utility>

namespace replicafs {
namespace {

Error TooLarge() {
  return Error{ErrorCode::kTooLarge,
               "a blob cannot be larger than " + std::to_string(BlobSizeMax()) + " bytes"};
}

}  // namespace

DirtyFileState::DirtyFileState(BlobStore& store, WritePoolState& pool,
                               std::shared_ptr<BlobReader> base)
    : store_(store),
      pool_(pool),
      base_(base),
      size_bytes_(base == nullptr ? 0 : base->info().size_bytes) {}

uint64_t DirtyFileState::size_bytes() const {
  MutexLock lock(mutex_);
  return size_bytes_;
}

bool DirtyFileState::dirty() const {
  MutexLock lock(mutex_);
  return changes_ != made_changes_;
}

Status DirtyFileState::Write(uint64_t offset, ByteSpan bytes) {
  if (offset > BlobSizeMax() || bytes.size() > BlobSizeMax() - offset) return TooLarge();
  while (!bytes.empty()) {
    const BlockSpan span = BlockAt(offset);
    const size_t size = std::min<uint64_t>(bytes.size(), span.end() - offset);
    TRY(WriteBlock(span, offset - span.offset, bytes.first(size)));
    offset += size;
    bytes = bytes.subspan(size);
  }
  return Ok();
}

Result<size_t> DirtyFileState::Read(uint64_t offset, std::span<std::byte> into) {
  MutexLock lock(mutex_);
  if (offset >= size_bytes_) return size_t{0};
  const size_t size = std::min<uint64_t>(into.size(), size_bytes_ - offset);
  TRY(ReadBytes(offset, into.first(size)));
  return size;
}

Status DirtyFileState::ReadBytes(uint64_t offset, std::span<std::byte> into) {
  while (!into.empty()) {
    const BlockSpan span = BlockAt(offset);
    const size_t size = std::min<uint64_t>(into.size(), span.end() - offset);
    TRY(ReadBlock(span, offset - span.offset, into.first(size)));
    offset += size;
    into = into.subspan(size);
  }
  return Ok();
}

Status DirtyFileState::Truncate(uint64_t size_bytes) {
  if (size_bytes > BlobSizeMax()) return TooLarge();
  MutexLock lock(mutex_);
  while (making_ || AnyBusyFrom(size_bytes)) changed_.Wait(mutex_);
  if (size_bytes == size_bytes_) return Ok();
  ++changes_;
  if (size_bytes < size_bytes_) CutAt(size_bytes);
  size_bytes_ = size_bytes;
  return Ok();
}

void DirtyFileState::Close() {
  MutexLock lock(mutex_);
  closed_ = true;
  while (AnyBusyFrom(0)) changed_.Wait(mutex_);
  for (auto block = blocks_.begin(); block != blocks_.end();) block = Drop(block);
}

uint64_t DirtyFileState::LengthOf(const BlockSpan& span) const {
  return std::clamp(size_bytes_, span.offset, span.end()) - span.offset;
}

uint64_t DirtyFileState::HeldBytes(const BlockSpan& span) const {
  const auto block = blocks_.find(span.index);
  if (block == blocks_.end() || block->second.place == DirtyBlock::Place::kBase)
    return base_.BytesIn(span);
  if (block->second.place == DirtyBlock::Place::kMemory) return block->second.memory.size();
  return block->second.held_bytes;
}

Status DirtyFileState::ReadBlock(const BlockSpan& span, uint64_t at, std::span<std::byte> into) {
  using Place = DirtyBlock::Place;
  const uint64_t held = HeldBytes(span);
  const size_t size = at >= held ? 0 : std::min<uint64_t>(into.size(), held - at);
  std::ranges::fill(into.subspan(size), std::byte{0});
  if (size == 0) return Ok();
  const auto wanted = into.first(size);

  const auto found = blocks_.find(span.index);
  const DirtyBlock* block = found == blocks_.end() ? nullptr : &found->second;
  const Place place = block == nullptr ? Place::kBase : block->place;
  if (place == Place::kMemory) {
    std::ranges::copy(block->memory.bytes().subspan(at, size), wanted.begin());
    return Ok();
  }
  if (place == Place::kScratch) return pool_.scratch().Read(block->slot + at, wanted);

  const auto reader = base_.reader();
  const Digest digest = place == Place::kStaged ? block->staged->digest : Digest{};
  mutex_.Unlock();
  const auto read = place == Place::kStaged ? store_.ReadBlock(digest, at, wanted)
                                            : reader->ReadAt(span.offset + at, wanted);
  mutex_.Lock();
  if (!read) return read.error();
  if (*read == size) return Ok();
  return Error{ErrorCode::kCorrupt, "a block is shorter than its blob says"};
}

bool DirtyFileState::AnyBusyFrom(uint64_t offset) const {
  if (offset >= BlobSizeMax()) return false;
  const auto first = blocks_.lower_bound(BlockAt(offset).index);
  return std::any_of(first, blocks_.end(), [](const auto& entry) { return entry.second.busy; });
}

void DirtyFileState::CutAt(uint64_t size_bytes) {
  base_.CutAt(size_bytes);
  least_size_since_ = std::min(least_size_since_, size_bytes);
  const BlockSpan span = BlockAt(size_bytes);
  auto block = blocks_.lower_bound(span.index);
  if (block != blocks_.end() && block->first == span.index && size_bytes > span.offset) {
    DirtyBlock& border = block->second;
    const uint64_t length = size_bytes - span.offset;
    border.changed_at = changes_;
    border.held_bytes = std::min(border.held_bytes, length);
    if (border.place == DirtyBlock::Place::kMemory && border.memory.size() > length) {
      border.memory.Resize(length);
      border.staged.reset();
      border.in_base = false;
      Enlist(span.index, border);
    }
    ++block;
  }
  while (block != blocks_.end()) block = Drop(block);
}

DirtyFileState::Blocks::iterator DirtyFileState::Drop(Blocks::iterator block) {
  DirtyBlock& dropped = block->second;
  pool_.Withdraw(dropped.ticket);
  if (dropped.place == DirtyBlock::Place::kScratch)
    pool_.scratch().GiveSlot(dropped.slot, BlockNumber(block->first).size_bytes);
  return blocks_.erase(block);
}

}  // namespace replicafs
