#include "backend/blob/block_schedule.h"

#include <algorithm>
#include <array>

#include "backend/base/result.h"

namespace replicafs {
namespace {

// A run of blocks of one size.
struct Run {
  size_t first_index;
  size_t count;
  uint64_t first_offset;
  uint64_t block_bytes;

  constexpr uint64_t end() const { return first_offset + count * block_bytes; }
};

constexpr Run kSmall{0, 10'000, 0, kSmallBlockBytes};
constexpr Run kMiddle{10'000, 20'000, kSmall.end(), kMiddleBlockBytes};
constexpr Run kLarge{30'000, 20'000, kMiddle.end(), kLargeBlockBytes};
constexpr std::array<Run, 3> kRuns{kSmall, kMiddle, kLarge};
static_assert(kLarge.first_index + kLarge.count == kBlockCountMax);
static_assert(kLarge.end() >= uint64_t{2} << 40);

BlockSpan BlockOf(const Run& run, size_t index) {
  return {index, run.first_offset + (index - run.first_index) * run.block_bytes, run.block_bytes};
}

}  // namespace

uint64_t BlobSizeMax() {
  return kLarge.end();
}

BlockSpan BlockAt(uint64_t offset) {
  for (const Run& run : kRuns) {
    if (offset < run.end()) {
      return BlockOf(run, run.first_index +
                              static_cast<size_t>((offset - run.first_offset) / run.block_bytes));
    }
  }
  REPLICAFS_CHECK(offset < BlobSizeMax());
  return {};
}

BlockSpan BlockNumber(size_t index) {
  for (const Run& run : kRuns) {
    if (index < run.first_index + run.count) return BlockOf(run, index);
  }
  REPLICAFS_CHECK(index < kBlockCountMax);
  return {};
}

size_t BlockCount(uint64_t blob_size_bytes) {
  return blob_size_bytes == 0 ? 0 : BlockAt(blob_size_bytes - 1).index + 1;
}

}  // namespace replicafs
