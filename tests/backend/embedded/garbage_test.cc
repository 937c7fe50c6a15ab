#include "backend/embedded/garbage.h"

#include <sys/stat.h>
#include <unistd.h>

#include "backend/embedded/account_parts.h"
#include "tests/backend/embedded/account_fixture.h"

namespace replicafs {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class GarbageTest : public EmbeddedAccountTest {
 protected:
  bool OnDisk(const BlockRef& block) const {
    return ::access(PathOf(block.digest).c_str(), F_OK) == 0;
  }
  void Forget(const std::string& name, VersionId version) {
    Must(ApplyOne(store(), RemoveVersion{{"box", name}, version}, 0));
  }
};

TEST_F(GarbageTest, BlockWithinGraceThenStays) {
  const BlockRef block = Stage("content");
  Forget("a", PutBlocks("a", {block}).version);
  clock_.Advance(minutes(30));

  const auto report = Must(account_->CollectGarbage(hours(1)));

  EXPECT_EQ(report.blocks, 0U);
  EXPECT_TRUE(OnDisk(block));
}

TEST_F(GarbageTest, BlockBeyondGraceThenGoes) {
  const BlockRef block = Stage("content");
  Forget("a", PutBlocks("a", {block}).version);
  clock_.Advance(hours(2));

  const auto report = Must(account_->CollectGarbage(hours(1)));

  EXPECT_EQ(report.blocks, 1U);
  EXPECT_FALSE(OnDisk(block));
  ExpectClean();
}

TEST_F(GarbageTest, BlockWantedAgainThenStays) {
  const BlockRef block = Stage("content");
  Forget("a", PutBlocks("a", {block}).version);
  clock_.Advance(hours(2));
  Stage("content");

  Must(account_->CollectGarbage(hours(1)));

  PutBlocks("b", {block});
  EXPECT_EQ(Must(Read("b")), "content");
  ExpectClean();
}

TEST_F(GarbageTest, BlockOfAnotherBlobThenStays) {
  const BlockRef block = Stage("content");
  PutBlocks("b", {block});
  Forget("a", PutBlocks("a", {block, block}).version);
  clock_.Advance(hours(2));

  Must(account_->CollectGarbage(hours(1)));

  EXPECT_EQ(Must(Read("b")), "content");
}

TEST_F(GarbageTest, BlockThatIsBeingReadThenStays) {
  const BlockRef block = Stage("content");
  const Outcome outcome = PutBlocks("a", {block});
  auto reader = Must(store().Open({"box", "a"}));
  Forget("a", outcome.version);
  clock_.Advance(hours(2));

  Must(account_->CollectGarbage(hours(1)));
  EXPECT_TRUE(OnDisk(block));
  reader.reset();
  Must(account_->CollectGarbage(hours(1)));

  EXPECT_FALSE(OnDisk(block));
}

TEST_F(GarbageTest, StagedBlockThatNoCommitNamesThenGoesAfterADay) {
  const BlockRef block = Stage("content");
  Open();
  clock_.Advance(hours(23));
  Must(account_->CollectGarbage(hours(1)));
  EXPECT_TRUE(OnDisk(block));
  clock_.Advance(hours(2));

  const auto report = Must(account_->CollectGarbage(hours(1)));

  EXPECT_EQ(report.stray_blocks, 1U);
  EXPECT_FALSE(OnDisk(block));
}

TEST_F(GarbageTest, StagedBlockOfThisProcessThenStaysUntilItsCommit) {
  const BlockRef block = Stage("content");
  clock_.Advance(hours(30));

  Must(account_->CollectGarbage(hours(1)));

  PutBlocks("a", {block});
  EXPECT_EQ(Must(Read("a")), "content");
}

TEST_F(GarbageTest, StagedBeforeTheLastReferenceWentThenStaysUntilItsCommit) {
  const BlockRef block = Stage("content");
  const Outcome outcome = PutBlocks("a", {block});
  Stage("content");
  clock_.Advance(hours(1));
  Forget("a", outcome.version);
  clock_.Advance(hours(2));

  Must(account_->CollectGarbage(hours(1)));

  PutBlocks("b", {block});
  EXPECT_EQ(Must(Read("b")), "content");
}

TEST_F(GarbageTest, StagedBeforeTheLastReferenceWentThenStaysThoughTheGraceIsShort) {
  const BlockRef block = Stage("content");
  const Outcome outcome = PutBlocks("a", {block});
  Stage("content");
  clock_.Advance(minutes(1));
  Forget("a", outcome.version);
  clock_.Advance(minutes(2));

  Must(account_->CollectGarbage(minutes(1)));

  PutBlocks("b", {block});
  EXPECT_EQ(Must(Read("b")), "content");
}

TEST_F(GarbageTest, WantedAfterTheLastReferenceWentThenGoesAfterADay) {
  const BlockRef block = Stage("content");
  Forget("a", PutBlocks("a", {block}).version);
  clock_.Advance(minutes(30));
  Stage("content");
  Open();
  clock_.Advance(hours(23));
  Must(account_->CollectGarbage(hours(1)));
  EXPECT_TRUE(OnDisk(block));
  clock_.Advance(hours(2));

  Must(account_->CollectGarbage(hours(1)));

  EXPECT_FALSE(OnDisk(block));
}

TEST_F(GarbageTest, MoreThanARoundThenItSaysSoAndTheNextTakesTheRest) {
  constexpr size_t kBlocks = 4100;
  BlockList blocks;
  for (size_t i = 0; i < kBlocks; ++i) blocks.push_back(Stage(std::to_string(i)));
  Forget("a", PutBlocks("a", blocks).version);
  clock_.Advance(hours(2));
  account_.reset();
  auto environment = Must(lmdb::Environment::Open(path() + "/meta", {}));
  const auto tables = Must(embedded::OpenSchema(*environment));
  embedded::AccountParts parts(path(), std::move(environment),
                               Must(embedded::Presence::Enter(path())), tables, clock_, 0, 0);

  const auto first = Must(parts.garbage.CollectSome(hours(1)));
  const auto second = Must(parts.garbage.CollectSome(hours(1)));

  EXPECT_TRUE(first.more);
  EXPECT_FALSE(second.more);
  EXPECT_LT(first.blocks, kBlocks);
  EXPECT_EQ(first.blocks + second.blocks, kBlocks);
}

TEST_F(GarbageTest, FileThatCannotBeRemovedThenOthersGo) {
  const BlockRef stuck = Stage("stuck");
  const BlockRef block = Stage("content");
  Forget("a", PutBlocks("a", {stuck, block}).version);
  ASSERT_EQ(::unlink(PathOf(stuck.digest).c_str()), 0);
  ASSERT_EQ(::mkdir(PathOf(stuck.digest).c_str(), 0700), 0);
  clock_.Advance(std::chrono::hours(24 * 365 * 200));

  const auto report = Must(account_->CollectGarbage(hours(1)));

  EXPECT_EQ(report.blocks, 1U);
  EXPECT_FALSE(OnDisk(block));
}

}  // namespace
}  // namespace replicafs
