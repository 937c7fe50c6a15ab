// The block lists that open readers still read.
#pragma once

#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

#include "backend/base/digest.h"
#include "backend/base/mutex.h"
#include "backend/blob/blob_info.h"

namespace replicafs::embedded {

using PinnedBlocks = std::shared_ptr<const std::optional<BlockList>>;

// Thread-safe. A list is pinned for as long as somebody holds it.
class Pins {
 public:
  PinnedBlocks Pin(std::optional<BlockList> blocks) EXCLUDES(mutex_);
  std::unordered_set<Digest, DigestHash> Blocks() EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  std::vector<std::weak_ptr<const std::optional<BlockList>>> pinned_ GUARDED_BY(mutex_);
  size_t sweep_at_size_ GUARDED_BY(mutex_) = 64;
};

}  // namespace replicafs::embedded
