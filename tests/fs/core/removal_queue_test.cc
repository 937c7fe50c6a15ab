#include "fs/core/removal_queue.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "tests/support/file_system_fixture.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

Removal Named(std::string name) {
  return {.blob = name, .name = name};
}

TEST(RemovalQueue, SettledThenEverythingPushedBeforeIsMadeInOrder) {
  std::vector<std::string> made;
  RemovalQueue queue([&](const std::vector<Removal>& removals) {
    for (const Removal& removal : removals) made.push_back(removal.blob);
    return Ok();
  });
  std::vector<std::string> pushed;
  for (int i = 0; i < 1000; ++i) {
    pushed.push_back(std::to_string(i));
    queue.Push(Named(pushed.back()));
  }

  queue.Settle();

  EXPECT_EQ(made, pushed);
}

TEST(RemovalQueue, PushedThenMadeWithoutAnybodyAsking) {
  std::latch made(1);
  RemovalQueue queue([&](const std::vector<Removal>&) {
    made.count_down();
    return Ok();
  });

  queue.Push(Named("a"));

  made.wait();
}

TEST(RemovalQueue, DestroyedThenWhatIsLeftIsMade) {
  std::atomic<size_t> made = 0;
  {
    RemovalQueue queue([&](const std::vector<Removal>& removals) {
      made += removals.size();
      return Ok();
    });
    for (int i = 0; i < 300; ++i) queue.Push(Named("a"));
  }
  EXPECT_EQ(made, 300U);
}

TEST(RemovalQueue, NotMadeThenOthersMustWaitUntilOneIsMade) {
  RemovalQueue queue([](const std::vector<Removal>&) -> Status {
    return Error{ErrorCode::kNoSpace, "the disk is full"};
  });

  queue.Push(Named("a"));
  queue.Settle();
  EXPECT_FALSE(queue.usable());
  queue.Retry();
  EXPECT_TRUE(queue.usable());
}

class LateUnlink : public ::testing::Test, public MountedFixture {};

TEST_F(LateUnlink, S54_RemovedThenGoneForWhoeverAsksNext) {
  ASSERT_OK(Mkdir("d"));
  for (int i = 0; i < 600; ++i) ASSERT_OK(WriteFile("d/" + std::to_string(i), "x"));
  for (int i = 0; i < 599; ++i) {
    ASSERT_OK(Unlink("d/" + std::to_string(i)));
    if (i % 100 == 0) {
      EXPECT_CODE(kNotFound, Walk("d/" + std::to_string(i)));
    }
  }

  EXPECT_EQ(Must(List("d")), std::vector<std::string>{"599"});
  EXPECT_CODE(kNotEmpty, Rmdir("d"));
  ASSERT_OK(Unlink("d/599"));
  EXPECT_OK(Rmdir("d"));
}

TEST_F(LateUnlink, RemovedAndMadeAgainThenTheNewFileStays) {
  ASSERT_OK(WriteFile("f", "old"));
  ASSERT_OK(Unlink("f"));
  ASSERT_OK(WriteFile("f", "new"));

  EXPECT_EQ(Must(ReadFile("f")), "new");
  EXPECT_EQ(VersionCount("f"), 2U);
}

TEST_F(LateUnlink, DirectoryEmptiedThenItStays) {
  Put("implied/a", "x");
  Put("implied/b", "x");
  ASSERT_OK(Walk("implied/a"));
  ASSERT_OK(Unlink("implied/a"));
  ASSERT_OK(Unlink("implied/b"));

  EXPECT_EQ(Must(List("")), std::vector<std::string>{"implied"});
  Remount();
  EXPECT_OK(Walk("implied"));
}

TEST_F(LateUnlink, MountEndsThenWhatWasRemovedIsGone) {
  for (int i = 0; i < 100; ++i) ASSERT_OK(WriteFile(std::to_string(i), "x"));
  for (int i = 0; i < 100; ++i) ASSERT_OK(Unlink(std::to_string(i)));

  Remount();

  EXPECT_TRUE(Must(List("")).empty());
}

TEST_F(LateUnlink, DirectoryRenamedBehindItThenTheFileDoesNotComeAlong) {
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(WriteFile("d/a", "x"));
  ASSERT_OK(WriteFile("d/b", "x"));
  ASSERT_OK(Unlink("d/a"));
  ASSERT_OK(Rename("d", "e"));

  EXPECT_EQ(Must(List("e")), std::vector<std::string>{"b"});
}

}  // namespace
}  // namespace replicafs
