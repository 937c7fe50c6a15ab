#include "cache/base_content.h"

#include <algorithm>
#include <utility>

namespace replicafs {
namespace {

size_t CountScheduledBlocks(const BlockList& blocks) {
  size_t count = 0;
  for (const BlockRef& block : blocks) {
    if (count == kBlockCountMax) break;
    const uint64_t scheduled = BlockNumber(count).size_bytes;
    const bool last = count + 1 == blocks.size();
    if (block.size_bytes != scheduled && !(last && block.size_bytes < scheduled)) break;
    ++count;
  }
  return count;
}

}  // namespace

BaseContent::BaseContent(std::shared_ptr<BlobReader> reader) : reader_(std::move(reader)) {
  if (reader_ == nullptr) return;
  end_ = reader_->info().size_bytes;
  if (reader_->blocks()) named_blocks_ = CountScheduledBlocks(*reader_->blocks());
}

void BaseContent::CutAt(uint64_t size_bytes) {
  end_ = std::min(end_, size_bytes);
}

uint64_t BaseContent::BytesIn(const BlockSpan& span) const {
  return std::clamp(end_, span.offset, span.end()) - span.offset;
}

const BlockRef* BaseContent::Named(const BlockSpan& span, uint64_t size_bytes) const {
  if (span.index >= named_blocks_ || BytesIn(span) != size_bytes) return nullptr;
  const BlockRef& block = (*reader_->blocks())[span.index];
  return block.size_bytes == size_bytes ? &block : nullptr;
}

}  // namespace replicafs
