// Every call of a link fails once, before or after it took effect, and a new link goes on.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

struct Crash {
  bool at_source;
  StoreCall call;
  FaultKind kind;
};

class LinkCrash : public ::testing::TestWithParam<Crash> {};

// Changes of all kinds; the link has some of them behind it.
void MixedChanges(LinkFixture& pair, LinkOptions options) {
  pair.Write("before", "existing");
  pair.Create(ExistingBlobs::kCopy);
  pair.Write("a", "one");
  pair.Write("large", std::string(150, 'l'));
  ASSERT_OK(LinkFixture::CatchUp(*pair.MakeLink(options)));
  const VersionId first = pair.Write("a", "two");
  pair.Write("a", "three", first);
  pair.Patch("before", {{"key", "value"}});
  pair.Rename("large", "renamed");
  pair.Write("large", std::string(150, 'm'));
  pair.Remove("before");
  pair.Write("before", "again");
  pair.Write("d/x", "x");
  pair.Write("d/y", "y");
  ASSERT_OK(ApplyOne(pair.source->inner().store(), RenamePrefix{"photos", "d/", "e/"}, 0));
}

TEST_P(LinkCrash, AnyCallFailsThenANewLinkFinishesWithoutLossOrDoubles) {
  const LinkOptions options{.window_events = 4, .staging_threads = 1};
  for (uint64_t nth = 1; nth < 60; ++nth) {
    SCOPED_TRACE(nth);
    LinkFixture pair;
    MixedChanges(pair, options);
    FaultyAccount& account = GetParam().at_source ? *pair.source : *pair.destination;
    account.script().Add({.call = GetParam().call, .nth = nth, .kind = GetParam().kind});
    const Status first = LinkFixture::CatchUp(*pair.MakeLink(options));
    account.script().Clear();

    auto link = pair.MakeLink(options);
    ASSERT_OK(link->RetryFailures({}));
    ASSERT_OK(LinkFixture::CatchUp(*link));

    pair.ExpectEqualHistories();
    EXPECT_TRUE(pair.Failures().empty());
    if (first) return;  // beyond the last call
  }
  FAIL() << "the scenario makes more calls than the sweep covers";
}

INSTANTIATE_TEST_SUITE_P(
    Table, LinkCrash,
    ::testing::Values(Crash{false, StoreCall::kApply, FaultKind::kFailBefore},
                      Crash{false, StoreCall::kApply, FaultKind::kFailAfter},
                      Crash{false, StoreCall::kStageBlock, FaultKind::kFailBefore},
                      Crash{false, StoreCall::kStageBlock, FaultKind::kFailAfter},
                      Crash{false, StoreCall::kHasBlocks, FaultKind::kFailBefore},
                      Crash{false, StoreCall::kStat, FaultKind::kFailBefore},
                      Crash{false, StoreCall::kListVersions, FaultKind::kFailBefore},
                      Crash{false, StoreCall::kGetState, FaultKind::kFailBefore},
                      Crash{false, StoreCall::kGetContainer, FaultKind::kFailBefore},
                      Crash{true, StoreCall::kApply, FaultKind::kFailBefore},
                      Crash{true, StoreCall::kApply, FaultKind::kFailAfter},
                      Crash{true, StoreCall::kOpen, FaultKind::kFailBefore},
                      Crash{true, StoreCall::kReadAt, FaultKind::kFailBefore},
                      Crash{true, StoreCall::kStat, FaultKind::kFailBefore},
                      Crash{true, StoreCall::kGetState, FaultKind::kFailBefore},
                      Crash{true, StoreCall::kListState, FaultKind::kFailBefore}));

TEST(LinkRace, TwoLinksOfOnePolicyThenEachChangeIsMadeOnce) {
  LinkFixture pair;
  pair.Create();
  const LinkOptions options{.window_events = 3, .staging_threads = 1};
  std::atomic<bool> writing = true;
  const auto copy = [&] {
    auto link = pair.MakeLink(options);
    while (writing) ASSERT_OK(link->Step({}));
    ASSERT_OK(LinkFixture::CatchUp(*link));
  };
  std::thread one(copy);
  std::thread two(copy);
  for (int i = 0; i < 300; ++i) {
    const std::string name = std::to_string(i % 7);
    pair.Write(name, std::to_string(i));
    if (i % 5 == 0) pair.Rename(name, "renamed");
    if (i % 11 == 0) pair.Remove("renamed");
    if (i % 11 == 0) pair.Write("renamed", "again");
  }
  writing = false;
  one.join();
  two.join();

  pair.ExpectEqualHistories();
  EXPECT_TRUE(pair.Failures().empty());
}

TEST(LinkVisibility, ReaderOfTheDestinationThenARenameIsSeenWholeOrNotAtAll) {
  LinkFixture pair;
  pair.Create();
  pair.Write("ping", "x");
  auto link = pair.MakeLink({.window_events = 1});
  ASSERT_OK(LinkFixture::CatchUp(*link));
  std::atomic<bool> copying = true;
  std::thread reader([&] {
    const ListRequest all{.container = "replica", .hierarchical = false};
    while (copying) EXPECT_EQ(Must(pair.destination->inner().store().List(all)).items.size(), 1U);
  });
  for (int i = 0; i < 200; ++i) {
    pair.Rename(i % 2 == 0 ? "ping" : "pong", i % 2 == 0 ? "pong" : "ping");
    EXPECT_OK(LinkFixture::CatchUp(*link));
  }
  copying = false;
  reader.join();
}

// Random changes, steps, faults and restarts.
class LinkModel {
 public:
  explicit LinkModel(uint64_t seed) : random_(seed) { pair_.Create(ExistingBlobs::kCopy); }

  void Run(int steps) {
    for (int i = 0; i < steps; ++i) {
      Change();
      if (Chance(3)) Fault();
      if (Chance(2)) static_cast<void>(link_->Step({}));
      if (Chance(10)) static_cast<void>(link_->RetryFailures({}));
      if (Chance(20)) link_ = NewLink();
    }
    pair_.source->script().Clear();
    pair_.destination->script().Clear();
    ASSERT_OK(LinkFixture::CatchUp(*link_));
    ASSERT_OK(link_->RetryFailures({}));
    pair_.ExpectEqualHistories();
    EXPECT_TRUE(pair_.Failures().empty());
  }

 private:
  uint64_t Pick(uint64_t count) { return random_() % count; }
  bool Chance(uint64_t one_in) { return Pick(one_in) == 0; }
  std::string Name() {
    std::string name(1, static_cast<char>('a' + Pick(5)));
    return Chance(2) ? "d/" + name : name;
  }
  std::optional<VersionId> Current(const std::string& name) {
    const auto info = pair_.source->inner().store().Stat({"photos", name});
    if (!info) return std::nullopt;
    return info->version;
  }
  // Some in one piece, some in blocks, some of which several versions have.
  std::string Bytes() {
    std::string bytes = std::to_string(Pick(1000));
    if (Chance(2)) bytes = std::string(32 * Pick(3), 'x') + bytes + std::string(20, 'y');
    return bytes;
  }

  void Change() {
    const std::string name = Name();
    const auto current = Current(name);
    switch (Pick(7)) {
      case 0:
      case 1: pair_.Write(name, Bytes()); break;
      case 2: pair_.Write(name, Bytes(), current.value_or(VersionId{})); break;
      case 3:
        if (current) pair_.Remove(name);
        break;
      case 4:
        if (current) pair_.Patch(name, {{"key", std::to_string(Pick(100))}});
        break;
      case 5: {
        const std::string to = Name();
        if (current && to != name) pair_.Rename(name, to);
        break;
      }
      case 6: {
        // Fails when nothing lives there, or something is in the way.
        const bool there = Chance(2);
        static_cast<void>(ApplyOne(pair_.source->inner().store(),
                                   RenamePrefix{"photos", there ? "d/" : "e/", there ? "e/" : "d/"},
                                   0));
        break;
      }
    }
  }

  void Fault() {
    static constexpr std::array kCalls{StoreCall::kApply,      StoreCall::kStat,
                                       StoreCall::kOpen,       StoreCall::kReadAt,
                                       StoreCall::kStageBlock, StoreCall::kListVersions,
                                       StoreCall::kGetState,   StoreCall::kHasBlocks};
    FaultyAccount& account = Chance(2) ? *pair_.source : *pair_.destination;
    account.script().Add({.call = kCalls[Pick(kCalls.size())],
                          .nth = 1 + Pick(5),
                          .kind = Chance(2) ? FaultKind::kFailBefore : FaultKind::kFailAfter});
  }

  std::unique_ptr<Link> NewLink() {
    return pair_.MakeLink({.window_events = 1 + Pick(12),
                           .window_bytes = 1 + Pick(1000),
                           .staging_threads = 1 + Pick(2)});
  }

  std::mt19937_64 random_;
  LinkFixture pair_;
  std::unique_ptr<Link> link_ = NewLink();
};

TEST(LinkModelTest, RandomChangesFaultsAndRestartsThenHistoriesAreEqualInTheEnd) {
  const char* rerun = std::getenv("REPLICAFS_SEED");
  const uint64_t first = rerun != nullptr ? std::strtoull(rerun, nullptr, 10) : RandomU64();
  const int rounds = rerun != nullptr ? 1 : 40;
  for (int round = 0; round < rounds && !::testing::Test::HasFailure(); ++round) {
    const uint64_t seed = first + static_cast<uint64_t>(round);
    SCOPED_TRACE("REPLICAFS_SEED=" + std::to_string(seed));
    LinkModel(seed).Run(300);
  }
}

}  // namespace
}  // namespace replicafs
