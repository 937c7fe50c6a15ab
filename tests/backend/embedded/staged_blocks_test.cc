#include "backend/embedded/staged_blocks.h"

#include <gtest/gtest.h>

#include <string_view>

#include "backend/base/digest.h"

namespace replicafs::embedded {
namespace {

constexpr Timestamp kStart{int64_t{1'000'000} * Timestamp::kTicksPerSecond};

Timestamp After(std::chrono::seconds age) {
  return {kStart.ticks + age.count() * Timestamp::kTicksPerSecond};
}

BlockRef Block(std::string_view content) {
  return {.digest = Sha256(AsBytes(content)), .size_bytes = content.size()};
}

TEST(StagedBlocks, CommittedThenKeptYoungNoMore) {
  StagedBlocks staged;
  const BlockRef block = Block("a");
  staged.Add(block.digest, StagedAs::kWritten, kStart);
  EXPECT_TRUE(staged.IsWritten(block.digest));

  staged.Committed({block});

  EXPECT_FALSE(staged.IsWritten(block.digest));
  EXPECT_TRUE(staged.TakeDue(After(std::chrono::hours(1))).empty());
}

TEST(StagedBlocks, StagedByTwoThenKeptYoungUntilBothCommit) {
  StagedBlocks staged;
  const BlockRef block = Block("shared");
  staged.Add(block.digest, StagedAs::kWritten, kStart);
  staged.Add(block.digest, StagedAs::kFound, kStart);

  staged.Committed({block});
  EXPECT_FALSE(staged.IsWritten(block.digest)) << "the first commit made its entry durable";
  EXPECT_EQ(staged.TakeDue(After(std::chrono::hours(1))).size(), 1U);

  staged.Committed({block});
  EXPECT_TRUE(staged.TakeDue(After(std::chrono::hours(2))).empty());
}

TEST(StagedBlocks, NeverCommittedThenForgottenAfterAWeek) {
  StagedBlocks staged;
  staged.Add(Block("lost").digest, StagedAs::kWritten, kStart);

  EXPECT_EQ(staged.TakeDue(After(std::chrono::hours(1))).size(), 1U);
  EXPECT_TRUE(staged.TakeDue(After(std::chrono::hours(1))).empty()) << "due once";
  EXPECT_TRUE(staged.TakeDue(After(std::chrono::hours(8 * 24))).empty());
}

}  // namespace
}  // namespace replicafs::embedded
