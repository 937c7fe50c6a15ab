#include <gtest/gtest.h>

#include <memory>
#include <string>

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
