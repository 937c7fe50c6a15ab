#include "backend/blob/block_schedule.h"

#include <gtest/gtest.h>

namespace replicafs {
namespace {

TEST(BlockSchedule, AllBlocksThenContiguousAndNeverSmaller) {
  uint64_t offset = 0;
  uint64_t size_bytes = 0;
  for (size_t index = 0; index < kBlockCountMax; ++index) {
    const BlockSpan block = BlockNumber(index);
    ASSERT_EQ(block.index, index);
    ASSERT_EQ(block.offset, offset);
    ASSERT_GE(block.size_bytes, size_bytes);
    offset = block.end();
    size_bytes = block.size_bytes;
  }
  EXPECT_EQ(offset, BlobSizeMax());
  EXPECT_EQ(BlockNumber(0).size_bytes, kSmallBlockBytes);
}

TEST(BlockSchedule, LargestBlobThenAtLeastTwoTebibytes) {
  EXPECT_GE(BlobSizeMax(), uint64_t{2} << 40);
  EXPECT_EQ(BlockCount(BlobSizeMax()), kBlockCountMax);
}

TEST(BlockSchedule, BothEndsOfEveryBlockThenThatBlock) {
  for (size_t index = 0; index < kBlockCountMax; ++index) {
    const BlockSpan block = BlockNumber(index);
    ASSERT_EQ(BlockAt(block.offset), block);
    ASSERT_EQ(BlockAt(block.end() - 1), block);
  }
}

TEST(BlockSchedule, SizesThenTheirBlocks) {
  EXPECT_EQ(BlockCount(0), 0U);
  EXPECT_EQ(BlockCount(1), 1U);
  EXPECT_EQ(BlockCount(kSmallBlockBytes), 1U);
  EXPECT_EQ(BlockCount(kSmallBlockBytes + 1), 2U);
  for (const size_t index : {9'999U, 10'000U, 29'999U, 30'000U, 49'999U}) {
    EXPECT_EQ(BlockCount(BlockNumber(index).end()), index + 1);
    EXPECT_EQ(BlockCount(BlockNumber(index).offset + 1), index + 1);
  }
}

}  // namespace
}  // namespace replicafs
