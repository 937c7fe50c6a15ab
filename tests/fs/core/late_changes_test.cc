#include "fs/core/late_changes.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "tests/support/matchers.h"

namespace replicafs {
namespace {

const ContainerPlace kPlace{.container = "box"};

LateChange Named(const std::string& directory, const std::string& name, int64_t ticks = 1) {
  Location location{.place = &kPlace, .name = directory, .is_root = directory.empty()};
  std::string blob = location.prefix() + name;
  return {.directory = std::move(location),
          .blob = std::move(blob),
          .name = name,
          .time = Timestamp{ticks},
          .etag = "etag of " + name};
}

void NoFinish(const NodePtr&) {}
Status MakeNothing(std::vector<LateChange>&) {
  return Ok();
}

// Makes nothing before it is opened.
class Gate {
 public:
  LateChanges::Maker Maker() {
    return [this](std::vector<LateChange>& changes) {
      opened_.wait();
      made_ += changes.size();
      return Ok();
    };
  }
  void Open() { opened_.count_down(); }
  size_t made() const { return made_; }

 private:
  std::latch opened_{1};
  std::atomic<size_t> made_ = 0;
};

TEST(LateChanges, SettledThenEverythingPushedBeforeIsMadeInOrder) {
  std::vector<std::string> made;
  LateChanges late(
      [&](std::vector<LateChange>& changes) {
        for (const LateChange& change : changes) made.push_back(change.blob);
        return Ok();
      },
      NoFinish);
  std::vector<std::string> pushed;
  for (int i = 0; i < 1000; ++i) {
    pushed.push_back(std::to_string(i));
    late.Push(Named("", pushed.back()));
  }

  late.Settle();

  EXPECT_EQ(made, pushed);
  EXPECT_TRUE(late.empty());
}

TEST(LateChanges, PushedThenMadeWithoutAnybodyAsking) {
  std::latch made(1);
  LateChanges late(
      [&](std::vector<LateChange>&) {
        made.count_down();
        return Ok();
      },
      NoFinish);

  late.Push(Named("", "a"));

  made.wait();
}

TEST(LateChanges, DestroyedThenWhatIsLeftIsMade) {
  std::atomic<size_t> made = 0;
  {
    LateChanges late(
        [&](std::vector<LateChange>& changes) {
          made += changes.size();
          return Ok();
        },
        NoFinish);
    for (int i = 0; i < 300; ++i) late.Push(Named("", "a"));
  }
  EXPECT_EQ(made, 300U);
}

TEST(LateChanges, MorePushedThanMayWaitThenAllAreMade) {
  size_t made = 0;
  LateChanges late(
      [&](std::vector<LateChange>& changes) {
        made += changes.size();
        return Ok();
      },
      NoFinish);

  for (int i = 0; i < 10'000; ++i) late.Push(Named("", std::to_string(i)));

  late.Settle();
  EXPECT_EQ(made, 10'000U);
}

TEST(LateChanges, NotMadeThenOthersMustWaitUntilOneIsMade) {
  LateChanges late(
      [](std::vector<LateChange>&) -> Status {
        return Error{ErrorCode::kNoSpace, "the disk is full"};
      },
      NoFinish);

  late.Push(Named("", "a"));
  late.Settle();
  EXPECT_FALSE(late.usable());
  late.Retry();
  EXPECT_TRUE(late.usable());
}

TEST(LateChanges, WhileItWaitsThenItsNameAndItsDirectoriesTellOfIt) {
  Gate gate;
  LateChanges late(gate.Maker(), NoFinish);
  late.Push(Named("d/e", "a", 5));
  const uint64_t newest = late.Push(Named("d/e", "b", 7));
  late.Push(Named("dx", "c", 9));

  EXPECT_EQ(late.Find({"box", "d/e/b"})->ticket, newest);
  EXPECT_EQ(late.Find({"box", "d/e/b"})->etag, "etag of b");
  EXPECT_FALSE(late.Find({"box", "d/e"}));
  EXPECT_FALSE(late.Find({"other", "d/e/b"}));
  EXPECT_EQ(late.NewestBelow("box", "d/"), newest);
  EXPECT_EQ(late.NewestBelow("box", "d/e/f/"), 0U);
  EXPECT_EQ(late.RemovedBelow("box", "d/").size(), 2U);
  EXPECT_EQ(late.TimeIn("box", "d/e/"), Timestamp{7});
  EXPECT_EQ(late.TimeIn("box", "d/"), Timestamp{});
  EXPECT_EQ(late.TimesBelow("box", "d/").at("d/e/"), Timestamp{7});

  gate.Open();
  late.Settle();
  EXPECT_EQ(gate.made(), 3U);
  EXPECT_FALSE(late.Find({"box", "d/e/b"}));
  EXPECT_EQ(late.TimeIn("box", "d/e/"), Timestamp{});
}

TEST(LateChanges, OneTicketSettledThenWhatCameLaterMayWait) {
  LateChanges late(MakeNothing, NoFinish);
  const uint64_t first = late.Push(Named("", "a"));

  late.Settle(first);

  EXPECT_FALSE(late.Find({"box", "a"}));
}

}  // namespace
}  // namespace replicafs
