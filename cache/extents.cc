#include "cache/extents.h"

#include <algorithm>
#include <map>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/blob/block_schedule.h"

namespace replicafs {
namespace {

// The digests of full blocks of zeros, by size.
class ZeroDigests {
 public:
  Digest Of(uint64_t size_bytes) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    const auto found = digests_.find(size_bytes);
    if (found != digests_.end()) return found->second;
    const std::vector<std::byte> zeros(size_bytes);
    return digests_.emplace(size_bytes, Sha256(zeros)).first->second;
  }

 private:
  Mutex mutex_;
  std::map<uint64_t, Digest> digests_ GUARDED_BY(mutex_);
};

bool IsFullSize(uint64_t size_bytes) {
  return size_bytes == kSmallBlockBytes || size_bytes == kMiddleBlockBytes ||
         size_bytes == kLargeBlockBytes;
}

}  // namespace

bool IsZeros(const BlockRef& block) {
  static ZeroDigests digests;
  return IsFullSize(block.size_bytes) && block.digest == digests.Of(block.size_bytes);
}

std::optional<uint64_t> FindExtent(const std::function<bool(size_t block_index)>& is_hole,
                                   uint64_t size_bytes, Extent what, uint64_t offset) {
  if (offset >= size_bytes) return std::nullopt;
  const size_t end = BlockCount(size_bytes);
  for (size_t index = BlockAt(offset).index; index < end; ++index) {
    if (is_hole(index) == (what == Extent::kHole))
      return std::max(offset, BlockNumber(index).offset);
  }
  return what == Extent::kHole ? std::optional(size_bytes) : std::nullopt;
}

}  // namespace replicafs
