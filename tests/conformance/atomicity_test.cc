#include <atomic>
#include <thread>

#include "tests/conformance/dump.h"
#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

REPLICAFS_CONFORMANCE_SUITE(Atomicity);

TEST_P(Atomicity, ListFailsAtTheEndThenNothingChanged) {
  if (!store().capabilities().atomic_batch) GTEST_SKIP() << "stops at the first error";
  const Outcome kept = Put("kept", "1");
  for (const char* name : {"d/a", "d/b", "x/a", "x/c"}) Put(name, "1");
  Must(Apply(PutState{"k", "1"}));
  const BlockRef block = Stage("block");
  const std::string before = Dump(account());
  const std::vector<Mutation> changes{
      CommitBlob{.path = Photo("new"), .content = BlockList{block}},
      CommitBlob{.path = Photo("kept"), .content = "2"},
      CommitBlob{.path = Photo("kept"), .content = "2", .replaces = kept.version},
      CommitBlob{.path = Photo("copy"), .content = ContentOf{Photo("kept"), {}}},
      RemoveBlob{Photo("kept")},
      RemoveVersion{Photo("kept"), kept.version},
      PatchBlob{.path = Photo("kept"), .metadata = StringMap{{"x", "y"}}},
      RenamePrefix{"photos", "d/", "e/"},
      ExchangePrefixes{"photos", "d/", "x/"},
      CreateContainer{"music"},
      DeleteContainer{"photos"},
      SetDestination{"photos", "policy"},
      PutState{"k", "2"},
      RemoveState{"k"}};
  for (size_t i = 0; i < changes.size(); ++i) {
    EXPECT_CODE(kPrecondition, ApplyAll({changes[i], ExpectState{"never", "there"}}));
    EXPECT_EQ(Dump(account()), before) << "change " << i;
  }
}

TEST_P(Atomicity, LongListFailsAnywhereThenNothingChanged) {
  if (!store().capabilities().atomic_batch) GTEST_SKIP() << "stops at the first error";
  const Outcome a = Put("d/a", "1");
  const std::vector<Mutation> changes{CommitBlob{.path = Photo("d/b"), .content = "2"},
                                      RenamePrefix{"photos", "d/", "e/f/"},
                                      RemoveVersion{Photo("d/a"), a.version},
                                      RemoveBlob{Photo("e/f/b")},
                                      CommitBlob{.path = Photo("d"), .content = "3"},
                                      PutState{"k", "1"},
                                      DeleteContainer{"photos"},
                                      CreateContainer{"photos"},
                                      CommitBlob{.path = Photo("z"), .content = "4"}};
  const std::string before = Dump(account());
  for (size_t failing = 0; failing <= changes.size(); ++failing) {
    std::vector<Mutation> list = changes;
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(failing), ExpectState{"never", "x"});
    EXPECT_CODE(kPrecondition, ApplyAll(std::move(list)));
    EXPECT_EQ(Dump(account()), before) << "failing at " << failing;
  }
  EXPECT_OK(ApplyAll(changes));
  EXPECT_EQ(Text(Photo("z")), "4");
}

TEST_P(Atomicity, LaterChangesThenSeeEarlierOnes) {
  EXPECT_OK(
      ApplyAll({CreateContainer{"music"}, CommitBlob{.path = {"music", "a"}, .content = "1"},
                CommitBlob{.path = Photo("b"), .content = ContentOf{{"music", "a"}, {}}},
                PatchBlob{.path = Photo("b"), .tier = Tier::kCool}, DeleteContainer{"music"}}));
  EXPECT_EQ(Text(Photo("b")), "1");
}

TEST_P(Atomicity, EmptyListThenNothing) {
  const uint64_t head = Must(journal().Head());

  EXPECT_TRUE(Must(ApplyAll({})).empty());
  EXPECT_EQ(Must(journal().Head()), head);
}

REPLICAFS_CONFORMANCE_SUITE(Concurrency);

constexpr int kThreads = 8;

void OnThreads(const std::function<void(int thread)>& run) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(run, i);
}

TEST_P(Concurrency, DifferentNamesThenAllCommitted) {
  constexpr int kBlobs = 20;

  OnThreads([&](int thread) {
    for (int i = 0; i < kBlobs; ++i)
      Put("t" + std::to_string(thread) + "/" + std::to_string(i), std::to_string(i));
  });

  EXPECT_EQ(Names({.container = "photos", .hierarchical = false}).size(),
            size_t{kThreads * kBlobs});
  const auto events = Events();
  ASSERT_EQ(events.size(), size_t{kThreads * kBlobs + 1});
  for (size_t i = 1; i < events.size(); ++i) {
    EXPECT_EQ(events[i].sequence, i + 1);
    EXPECT_GT(events[i].time, events[i - 1].time);
  }
}

TEST_P(Concurrency, SameNameThenEveryWriteIsAVersion) {
  constexpr int kWrites = 20;

  OnThreads([&](int thread) {
    for (int i = 0; i < kWrites; ++i) Put("a", std::to_string(thread));
  });

  const auto versions = Versions("a");
  ASSERT_EQ(versions.size(), size_t{kThreads * kWrites});
  for (size_t i = 1; i < versions.size(); ++i) {
    EXPECT_LT(versions[i].version, versions[i - 1].version);
    EXPECT_FALSE(versions[i].is_current);
  }
}

TEST_P(Concurrency, SamePreconditionThenOneWins) {
  const Outcome first = Put("a", "1");
  std::atomic<int> won = 0;

  OnThreads([&](int) {
    const auto result = Apply(
        CommitBlob{.path = Photo("a"), .content = "2", .precondition = {.if_match = first.etag}});
    if (result) ++won;
  });

  EXPECT_EQ(won, 1);
  EXPECT_EQ(Versions("a").size(), 2U);
}

TEST_P(Concurrency, SameBlockThenSharedByAll) {
  OnThreads([&](int thread) {
    const BlockRef block = Stage("shared block");
    Must(Apply(CommitBlob{.path = Photo(std::to_string(thread)), .content = BlockList{block}}));
  });

  for (int i = 0; i < kThreads; ++i) EXPECT_EQ(Text(Photo(std::to_string(i))), "shared block");
}

TEST_P(Concurrency, CounterInStateThenNoUpdateIsLost) {
  Must(Apply(PutState{"n", "0"}));

  OnThreads([&](int) {
    for (int done = 0; done < 5;) {
      const auto value = Must(store().GetState("n"));
      const std::string next = std::to_string(std::stoi(*value) + 1);
      if (ApplyAll({ExpectState{"n", value}, PutState{"n", next}})) ++done;
    }
  });

  EXPECT_EQ(Must(store().GetState("n")), std::to_string(5 * kThreads));
}

TEST_P(Concurrency, ReadersWhileListsAreAppliedThenSeeAllOrNothing) {
  if (!store().capabilities().atomic_batch) GTEST_SKIP() << "not atomic";
  std::jthread writer([&](std::stop_token stop) {
    for (int i = 0; i < 100 && !stop.stop_requested(); ++i) {
      Must(ApplyAll({CommitBlob{.path = Photo("x"), .content = "1"},
                     CommitBlob{.path = Photo("y"), .content = "1"}}));
      Must(ApplyAll({RemoveBlob{Photo("x")}, RemoveBlob{Photo("y")}}));
    }
  });
  for (int i = 0; i < 200; ++i) {
    const size_t count = Names({.container = "photos"}).size();
    EXPECT_TRUE(count == 0 || count == 2) << count;
  }
}

}  // namespace
}  // namespace replicafs
