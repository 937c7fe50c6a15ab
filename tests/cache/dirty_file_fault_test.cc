#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "backend/blob/block_schedule.h"
#include "tests/cache/dirty_file_fixture.h"
#include "tests/support/faulty_store.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

class DirtyFileFaultTest : public DirtyFileFixture {
 protected:
  DirtyFileFaultTest() : DirtyFileFixture({.memory_max_bytes = uint64_t{9} << 20}) {}

  FaultScript script_;
  FaultyStore faulty_{store(), script_};
  std::string text_ = RandomText(6 * kSmallBlockBytes);
};

TEST_F(DirtyFileFaultTest, BackgroundStagingFailsOnceThenMakeContentMakesUpForIt) {
  script_.Add({.call = StoreCall::kStageBlock, .nth = 1, .count = 1});
  DirtyFile file(faulty_, pool(), nullptr);
  ASSERT_OK(file.Write(0, AsBytes(text_)));

  EXPECT_EQ(ReadAll(*Commit(file)), text_);
}

TEST_F(DirtyFileFaultTest, StagingKeepsFailingThenMakeContentSaysSoAndLosesNothing) {
  script_.Add({.call = StoreCall::kStageBlock, .nth = 2, .count = 1000});
  DirtyFile file(faulty_, pool(), nullptr);
  ASSERT_OK(file.Write(0, AsBytes(text_)));

  EXPECT_CODE(kUnavailable, file.MakeContent());
  EXPECT_CODE(kUnavailable, file.MakeContent());
  EXPECT_TRUE(file.dirty());
  EXPECT_EQ(ReadAll(file), text_);

  script_.Clear();
  EXPECT_EQ(ReadAll(*Commit(file)), text_);
  EXPECT_FALSE(file.dirty());
}

TEST_F(DirtyFileFaultTest, EachStagingFailsInTurnThenTheSecondMakeContentSucceeds) {
  for (uint64_t nth = 1; nth <= 7; ++nth) {
    script_.Add({.call = StoreCall::kStageBlock, .nth = nth, .count = 3});
    DirtyFile file(faulty_, pool(), nullptr);
    ASSERT_OK(file.Write(0, AsBytes(text_)));
    const auto first = file.MakeContent();
    script_.Clear();
    EXPECT_EQ(ReadAll(*Commit(file)), text_) << nth;
  }
  EXPECT_EQ(pool().memory_used_bytes(), 0U);
}

TEST_F(DirtyFileFaultTest, StagedBlocksOfAnOpenFileThenTheStoreIsRemindedOfThem) {
  TempDirectory scratch;
  WritePool reminding(scratch.path(), {.keep_interval = std::chrono::milliseconds(1)});
  DirtyFile file(faulty_, reminding, nullptr);
  ASSERT_OK(file.Write(0, AsBytes(text_)));
  Must(file.MakeContent());
  const uint64_t before = script_.Calls(StoreCall::kHasBlocks);

  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (script_.Calls(StoreCall::kHasBlocks) < before + 2 &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }

  EXPECT_GE(script_.Calls(StoreCall::kHasBlocks), before + 2);
}

TEST_F(DirtyFileFaultTest, BaseCannotBeReadThenThePartialWriteFailsAndCanBeRepeated) {
  CommitContent(Must([this] {
    DirtyFile first(store(), pool(), nullptr);
    Must(first.Write(0, AsBytes(text_)));
    return first.MakeContent();
  }()));
  DirtyFile file(faulty_, pool(), Must(faulty_.Open({"files", "file"}, {})));
  script_.Add({.call = StoreCall::kReadAt, .nth = 1, .count = 1});

  EXPECT_CODE(kUnavailable, file.Write(5, AsBytes("changed")));
  ASSERT_OK(file.Write(5, AsBytes("changed")));

  text_.replace(5, 7, "changed");
  EXPECT_EQ(ReadAll(*Commit(file)), text_);
}

}  // namespace
}  // namespace replicafs
