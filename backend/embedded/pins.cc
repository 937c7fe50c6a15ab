#include "backend/embedded/pins.h"

#include <algorithm>

namespace replicafs::embedded {

PinnedBlocks Pins::Pin(std::optional<BlockList> blocks) {
  auto pin = std::make_shared<const std::optional<BlockList>>(std::move(blocks));
  if (!pin->has_value()) return pin;
  MutexLock lock(mutex_);
  if (pinned_.size() >= sweep_at_size_) {
    std::erase_if(pinned_, [](const auto& pinned) { return pinned.expired(); });
    sweep_at_size_ = std::max<size_t>(64, 2 * pinned_.size());
  }
  pinned_.push_back(pin);
  return pin;
}

std::unordered_set<Digest, DigestHash> Pins::Blocks() {
  std::unordered_set<Digest, DigestHash> digests;
  MutexLock lock(mutex_);
  for (const auto& pinned : pinned_) {
    const PinnedBlocks blocks = pinned.lock();
    if (!blocks) continue;
    for (const BlockRef& block : **blocks) digests.insert(block.digest);
  }
  return digests;
}

}  // namespace replicafs::embedded
