// DirtyFileState: holes, and blocks that come by name instead of by their bytes.
#include <algorithm>
#include <array>
#include <utility>

#include "cache/dirty_file_state.h"

namespace replicafs {

// A block that holds no bytes is all zeros.
void DirtyFileState::PunchBlock(const BlockSpan& span) {
  if (!IsHole(span)) Renew(span.index).place = DirtyBlock::Place::kMemory;
}

// The block's entry as new, of what was changed last. REQUIRES: nobody is busy with it.
DirtyBlock& DirtyFileState::Renew(size_t index) {
  const auto found = blocks_.find(index);
  if (found != blocks_.end()) Drop(found);
  DirtyBlock& block = blocks_.try_emplace(index, pool_).first->second;
  block.changed_at = ++changes_;
  return block;
}

Status DirtyFileState::Zero(uint64_t offset, uint64_t length) {
  static constexpr std::array<std::byte, 64 << 10> kZeros{};
  MutexLock lock(mutex_);
  const uint64_t end = offset + std::min(length, size_bytes_ - std::min(offset, size_bytes_));
  while (offset < std::min(end, size_bytes_)) {
    const BlockSpan span = BlockAt(offset);
    if (offset == span.offset && end >= std::min(span.end(), size_bytes_)) {
      const auto found = blocks_.find(span.index);
      if (making_ || (found != blocks_.end() && found->second.busy)) {
        changed_.Wait(mutex_);
        continue;
      }
      PunchBlock(span);
      offset = span.end();
      continue;
    }
    const uint64_t size = std::min({end - offset, span.end() - offset, uint64_t{kZeros.size()}});
    if (!IsHole(span)) {
      lock.Unlock();
      const Status written = WriteBlock(span, offset - span.offset, std::span(kZeros).first(size));
      lock.Lock();
      TRY(written);
    }
    offset += size;
  }
  return Ok();
}

bool DirtyFileState::Fit(uint64_t offset, std::span<const BlockRef> blocks) const {
  for (const BlockRef& block : blocks) {
    if (offset >= BlobSizeMax()) return false;
    const BlockSpan span = BlockAt(offset);
    const bool is_last = &block == &blocks.back();
    const bool covers = block.size_bytes == span.size_bytes ||
                        (is_last && block.size_bytes < span.size_bytes &&
                         offset + block.size_bytes >= std::min(size_bytes_, span.end()));
    if (offset != span.offset || !covers || block.size_bytes == 0) return false;
    offset = span.end();
  }
  return true;
}

Status DirtyFileState::Share(uint64_t offset, std::span<const BlockRef> blocks) {
  std::vector<Digest> digests;
  for (const BlockRef& block : blocks) digests.push_back(block.digest);
  // From here on the store keeps them for the commit that will name them.
  const auto there = TRY(store_.HasBlocks(digests));
  if (std::ranges::find(there, false) != there.end())
    return Error{ErrorCode::kNotFound, "the store has not all of the blocks"};

  MutexLock lock(mutex_);
  while (making_ || AnyBusyFrom(offset)) changed_.Wait(mutex_);
  if (!Fit(offset, blocks))
    return Error{ErrorCode::kInvalid, "the blocks do not fit into those of the file"};
  for (const BlockRef& ref : blocks) {
    const BlockSpan span = BlockAt(offset);
    DirtyBlock& block = Renew(span.index);
    block.place = DirtyBlock::Place::kStaged;
    block.staged = ref;
    block.held_bytes = ref.size_bytes;
    size_bytes_ = std::max(size_bytes_, offset + ref.size_bytes);
    offset = span.end();
  }
  return Ok();
}

std::optional<uint64_t> DirtyFileState::Find(Extent what, uint64_t offset) const {
  MutexLock lock(mutex_);
  const auto is_hole = [this](size_t index) REQUIRES(mutex_) {
    const BlockSpan span = BlockNumber(index);
    if (IsHole(span)) return true;
    const auto name = NameOf(span);
    return name && IsZeros(*name);
  };
  return FindExtent(is_hole, size_bytes_, what, offset);
}

}  // namespace replicafs
