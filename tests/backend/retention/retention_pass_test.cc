#include "backend/retention/retention_pass.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>

#include "backend/retention/link_needs.h"
#include "backend/retention/retention_keeper.h"
#include "backend/retention/retention_rules.h"
#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

constexpr std::chrono::hours kDay{24};

class RetentionPass : public LinkFixture, public ::testing::Test {
 protected:
  BlobStore& store() { return source->store(); }

  VersionId Put(const std::string& name, const std::string& text) {
    return Must(ApplyOne(store(), CommitBlob{.path = {"photos", name}, .content = text}, 0))
        .version;
  }
  void PutTimes(const std::string& name, int times) {
    for (int i = 0; i < times; ++i) Put(name, std::to_string(i));
  }
  std::vector<BlobInfo> Versions(const std::string& name, Account* account = nullptr) {
    if (account != nullptr) return Must(account->store().ListVersions({"replica", name}));
    return Must(store().ListVersions({"photos", name}));
  }
  void Set(const RetentionRules& rules) { Must(SetRetention(store(), "photos", rules)); }
  // A pass that is stopped after its first page.
  RetentionReport RunOnePage() {
    std::stop_source stop;
    return Run(
        {.stop = stop.get_token(),
         .progress = [&](const RetentionReport&, const std::string&) { stop.request_stop(); }});
  }
  RetentionReport Run(RetentionPassOptions options = {}) {
    return Must(RunRetentionPass(*source, clock, options));
  }
};

TEST_F(RetentionPass, WithoutRulesThenNothingGoes) {
  PutTimes("f", 5);

  EXPECT_FALSE(Run().changed());
  EXPECT_EQ(Versions("f").size(), 5U);
}

TEST_F(RetentionPass, ProtectedVersionsThenTheyStayUntilNothingProtectsThem) {
  const VersionId held = Put("f", "held");
  const VersionId kept = Put("f", "kept");
  PutTimes("f", 3);
  Must(ApplyOne(store(), SetLegalHold{{"photos", "f"}, held, true}, 0));
  const Timestamp tomorrow{clock.Now().ticks + 86'400 * Timestamp::kTicksPerSecond};
  Must(ApplyOne(store(), SetImmutability{{"photos", "f"}, kept, ImmutabilityPolicy{tomorrow}}, 0));
  Set({.keep_versions = 1});

  const RetentionReport first = Run();
  EXPECT_EQ(first.removed_versions, 1U);
  EXPECT_EQ(first.immutable_versions, 2U);
  EXPECT_EQ(Versions("f").size(), 4U);

  Must(ApplyOne(store(), SetLegalHold{{"photos", "f"}, held, false}, 0));
  clock.Advance(2 * kDay);
  const RetentionReport second = Run();
  EXPECT_EQ(second.removed_versions, 2U);
  EXPECT_EQ(second.immutable_versions, 0U);
}

TEST_F(RetentionPass, ContainerWithAPolicyThenVersionsStayForItsDays) {
  PutTimes("f", 3);
  Must(ApplyOne(store(), SetContainerImmutability{"photos", ContainerImmutabilityPolicy{30}}, 0));
  Set({.keep_versions = 1, .move = TierMove{.after_days = 7, .tier = Tier::kCool}});
  clock.Advance(10 * kDay);

  const RetentionReport early = Run();
  EXPECT_EQ(early.removed_versions, 0U);
  EXPECT_EQ(early.immutable_versions, 1U);
  EXPECT_EQ(early.moved_versions, 1U);

  clock.Advance(21 * kDay);
  EXPECT_EQ(Run().removed_versions, 1U);
}

TEST_F(RetentionPass, WithRulesThenOldVersionsGoAndASecondPassDoesNothing) {
  PutTimes("a", 5);
  PutTimes("d/b", 3);
  Put("once", "x");
  Set({.keep_versions = 1});

  const RetentionReport first = Run();
  const uint64_t changes = source->journal().ChangeCount();
  const RetentionReport second = Run();

  EXPECT_EQ(first.removed_versions, 4U);
  EXPECT_EQ(first.removed_bytes, 4U);
  EXPECT_EQ(first.blobs, 3U);
  EXPECT_FALSE(second.changed());
  EXPECT_EQ(source->journal().ChangeCount(), changes);
  EXPECT_EQ(Versions("a").size(), 2U);
  EXPECT_TRUE(Versions("a").front().is_current);
  EXPECT_EQ(Versions("d/b").size(), 2U);
  EXPECT_TRUE(Must(store().ListState("retention-position/")).empty());
}

TEST_F(RetentionPass, WhenTimeGoesByThenVersionsAgeFromTheirEnd) {
  Put("f", "first");
  clock.Advance(100 * kDay);
  Put("f", "second");
  Set({.keep_days = 30});

  EXPECT_EQ(Run().removed_versions, 0U);
  clock.Advance(31 * kDay);
  EXPECT_EQ(Run().removed_versions, 1U);
}

TEST_F(RetentionPass, WhenOldThenMovedToTheTierOnce) {
  PutTimes("f", 3);
  Set({.move = TierMove{.after_days = 10, .tier = Tier::kCold}});
  clock.Advance(11 * kDay);

  EXPECT_EQ(Run().moved_versions, 2U);
  EXPECT_EQ(Run().moved_versions, 0U);
  EXPECT_EQ(Versions("f")[0].properties.tier, Tier::kHot);
  EXPECT_EQ(Versions("f")[1].properties.tier, Tier::kCold);
}

TEST_F(RetentionPass, DryThenCountsAndChangesNothing) {
  PutTimes("f", 5);
  Set({.keep_versions = 1});
  const uint64_t changes = source->journal().ChangeCount();

  EXPECT_EQ(Run({.mode = RetentionPassOptions::Mode::kDryRun}).removed_versions, 3U);

  EXPECT_EQ(Versions("f").size(), 5U);
  EXPECT_EQ(source->journal().ChangeCount(), changes);
}

TEST_F(RetentionPass, S64_WhatALinkHasNotCopiedThenWaitsForIt) {
  Create(ExistingBlobs::kCopy);
  PutTimes("f", 4);
  Set({.keep_versions = 0});

  EXPECT_EQ(Run().held_versions, 3U);
  EXPECT_EQ(Versions("f").size(), 4U);

  auto link = MakeLink();
  Must(CatchUp(*link));
  Must(link->PublishProgress());
  EXPECT_EQ(Run().removed_versions, 3U);
  EXPECT_EQ(Versions("f", destination.get()).size(), 4U);
}

TEST_F(RetentionPass, WhatARuleDoesNotCopyThenDoesNotWait) {
  Create(ExistingBlobs::kCopy, {"only/"});
  PutTimes("f", 2);
  PutTimes("only/f", 2);
  Set({.keep_versions = 0});

  const RetentionReport report = Run();

  EXPECT_EQ(report.removed_versions, 1U);
  EXPECT_EQ(report.held_versions, 1U);
  EXPECT_EQ(Versions("only/f").size(), 2U);
}

TEST_F(RetentionPass, BeforeAPolicyThatLeavesExistingBlobsThenDoesNotWait) {
  PutTimes("f", 3);
  Create(ExistingBlobs::kLeave);
  Set({.keep_versions = 0});

  EXPECT_EQ(Run().removed_versions, 2U);
}

TEST_F(RetentionPass, S64_WhatFailedAndIsTriedAgainThenStays) {
  Create(ExistingBlobs::kCopy);
  const VersionId failed = Put("f", "archived");
  Must(ApplyOne(store(),
                PatchBlob{.path = {"photos", "f"}, .version = failed, .tier = Tier::kArchive}, 0));
  auto link = MakeLink();
  Must(CatchUp(*link));
  Must(link->PublishProgress());
  ASSERT_EQ(Must(ReadFailures(store(), policy.policy_id)).size(), 1U);
  LinkNeeds needs(*source);
  ASSERT_OK(needs.Refresh());

  EXPECT_TRUE(needs.Needs("photos", Versions("f").at(0)));
  EXPECT_FALSE(needs.Needs("photos", BlobInfo{.name = "f", .version = VersionId{1}}));
  EXPECT_FALSE(needs.Needs("other", Versions("f").at(0)));
}

TEST_F(RetentionPass, WhatLinksNeedThenReadAgainOnlyWhenTheAccountHasChanged) {
  Create(ExistingBlobs::kCopy, {"in/"});
  Put("in/f", "x");
  LinkNeeds needs(*source);
  ASSERT_OK(needs.Refresh());
  EXPECT_TRUE(needs.Needs("photos", Must(store().Stat({"photos", "in/f"}))));
  const uint64_t reads = source->script().Calls(StoreCall::kListState);

  ASSERT_OK(needs.Refresh());
  EXPECT_EQ(source->script().Calls(StoreCall::kListState), reads);

  auto link = MakeLink();
  Must(CatchUp(*link));
  Must(link->PublishProgress());
  ASSERT_OK(needs.Refresh());
  EXPECT_GT(source->script().Calls(StoreCall::kListState), reads);
  EXPECT_FALSE(needs.Needs("photos", Must(store().Stat({"photos", "in/f"}))));
}

TEST_F(RetentionPass, WhatLinksNeedCannotBeReadThenTheNextTimeItIs) {
  Create(ExistingBlobs::kCopy);
  Put("f", "x");
  LinkNeeds needs(*source);
  source->script().Add({.call = StoreCall::kListState});

  EXPECT_CODE(kUnavailable, needs.Refresh());
  ASSERT_OK(needs.Refresh());

  EXPECT_TRUE(needs.Needs("photos", Must(store().Stat({"photos", "f"}))));
}

TEST_F(RetentionPass, S64_ANewRuleThatTheLinkHasNotTakenUpThenItsBlobsWait) {
  Create(ExistingBlobs::kCopy, {"in/"});
  PutTimes("in/f", 2);
  PutTimes("more/f", 2);
  auto link = MakeLink();
  Must(CatchUp(*link));
  Set({.keep_versions = 0});
  EXPECT_EQ(Run({.mode = RetentionPassOptions::Mode::kDryRun}).held_versions, 0U);
  for (const char* account : {"destination", "source"}) {
    Policy wider = Must(GetHalf(accounts, account, policy.policy_id));
    wider.rules[0].prefixes = {"in/", "more/"};
    Must(UpdateHalf(accounts, {account, wider}));
  }

  EXPECT_EQ(Run().held_versions, 2U);

  Must(CatchUp(*link));
  EXPECT_EQ(Run().removed_versions, 2U);
  EXPECT_EQ(Versions("more/f", destination.get()).size(), 2U);
}

TEST_F(RetentionPass, InADestinationThenItApplies) {
  Create(ExistingBlobs::kCopy);
  PutTimes("f", 4);
  auto link = MakeLink();
  Must(CatchUp(*link));
  Must(SetRetention(destination->store(), "replica",
                    {.keep_versions = 1, .move = TierMove{.after_days = 1}}));
  clock.Advance(2 * kDay);

  const RetentionReport report = Must(RunRetentionPass(*destination, clock, {}));

  EXPECT_EQ(report.removed_versions, 2U);
  EXPECT_EQ(report.moved_versions, 1U);
  Put("f", "after");
  Must(CatchUp(*link));
  EXPECT_EQ(Versions("f", destination.get()).size(), 3U);
}

TEST_F(RetentionPass, MoreThanAStepThenAllGo) {
  PutTimes("many", static_cast<int>(2 * kRetentionStepChanges + 10));
  PutTimes("z", 3);
  Set({.keep_versions = 0});

  EXPECT_EQ(Run().removed_versions, 2 * kRetentionStepChanges + 9 + 2);
  EXPECT_EQ(Versions("many").size(), 1U);
  EXPECT_EQ(Versions("z").size(), 1U);
}

TEST_F(RetentionPass, StoppedThenTheNextOneGoesOnWhereItWasAndFromTheEndToTheBeginning) {
  for (int i = 0; i < 1200; ++i) PutTimes(std::to_string(10'000 + i), i % 10 == 0 ? 2 : 1);
  Set({.keep_versions = 0});
  const RetentionReport first = RunOnePage();
  PutTimes("10000", 1);
  std::vector<std::string> reached;

  const RetentionReport second =
      Run({.progress = [&](const RetentionReport&, const std::string& name) {
        reached.push_back(name);
      }});

  EXPECT_EQ(first.removed_versions, 50U);
  EXPECT_EQ(second.removed_versions, 71U);
  EXPECT_EQ(second.blobs, 1200U);
  EXPECT_EQ(reached, (std::vector<std::string>{"10999", "11199", "10499"}));
  EXPECT_EQ(Versions("10000").size(), 1U);
  EXPECT_TRUE(Must(store().ListState("retention-position/")).empty());
}

TEST_F(RetentionPass, StoppedAgainAndAgainThenAllNamesGetTheirTurn) {
  for (int i = 0; i < 1200; ++i) PutTimes(std::to_string(10'000 + i), 2);
  Set({.keep_versions = 0});

  uint64_t removed = 0;
  for (int pass = 0; pass < 3; ++pass) removed += RunOnePage().removed_versions;

  EXPECT_EQ(removed, 1200U);
}

TEST_F(RetentionPass, RulesThatAreClearedMeanwhileThenNothingMoreGoes) {
  for (int i = 0; i < 1200; ++i) PutTimes(std::to_string(10'000 + i), 2);
  Set({.keep_versions = 0});

  const RetentionReport report = Run({.progress = [&](const RetentionReport&, const std::string&) {
    Must(ClearRetention(store(), "photos"));
  }});

  EXPECT_EQ(report.removed_versions, 500U);
  EXPECT_EQ(Versions("11199").size(), 2U);
}

TEST_F(RetentionPass, AnyCallThatFailsThenTheNextPassDoesTheRest) {
  using enum StoreCall;
  for (const StoreCall call : {kListContainers, kList, kListVersions, kApply, kGetState}) {
    for (const FaultKind kind : {FaultKind::kFailBefore, FaultKind::kFailAfter}) {
      const std::string name =
          std::to_string(static_cast<int>(call)) + "-" + std::to_string(static_cast<int>(kind));
      SCOPED_TRACE(name);
      for (int i = 0; i < 3; ++i) PutTimes(name + std::to_string(i), 3);
      Set({.keep_versions = 0});
      source->script().Add({.call = call, .kind = kind});

      EXPECT_CODE(kUnavailable, RunRetentionPass(*source, clock, {}));
      source->script().Clear();
      Run();

      for (int i = 0; i < 3; ++i) EXPECT_EQ(Versions(name + std::to_string(i)).size(), 1U);
    }
  }
}

TEST_F(RetentionPass, AContainerOfTheSameNameThenHasNoRules) {
  Set({.keep_versions = 3});
  ASSERT_TRUE(Must(ReadRetention(store(), "photos")));
  Must(ApplyOne(store(), DeleteContainer{"photos"}, 0));
  clock.Advance(kDay);
  MakeContainer(*source, "photos");

  EXPECT_FALSE(Must(ReadRetention(store(), "photos")));
  EXPECT_TRUE(Must(ListRetention(store())).empty());
}

TEST_F(RetentionPass, RulesThenReadBackAsTheyWereSet) {
  const RetentionRules rules{.keep_versions = 3,
                             .keep_days = 30,
                             .move = TierMove{.after_days = 7, .tier = Tier::kArchive},
                             .current_move = TierMove{.after_days = 8, .tier = Tier::kCold},
                             .current_delete_days = 9};
  Set(rules);
  EXPECT_EQ(*Must(ReadRetention(store(), "photos"))->Find("any"), rules);
  Set({.keep_days = 1});
  EXPECT_EQ(*Must(ListRetention(store())).at(0).Find("any"), RetentionRules{.keep_days = 1});
  EXPECT_CODE(kInvalid, SetRetention(store(), "photos", {}));
  EXPECT_CODE(kInvalid, SetRetention(store(), "photos", {.keep_days = kRetentionDaysMax + 1}));
  EXPECT_CODE(kNotFound, SetRetention(store(), "nothing", rules));
  EXPECT_CODE(kNotFound, ReadRetention(store(), "nothing"));
}

TEST_F(RetentionPass, OneProcessAtATimeThenTheOtherIsTold) {
  auto first = Must(AcquireRetention(*source));
  ASSERT_TRUE(first);
  EXPECT_FALSE(Must(AcquireRetention(*source)));
  first.reset();
  EXPECT_TRUE(Must(AcquireRetention(*source)));
}

TEST_F(RetentionPass, AKeeperThenAppliesAtItsStart) {
  PutTimes("f", 5);
  Set({.keep_versions = 1});
  const uint64_t head = Must(source->journal().Head());

  const RetentionKeeper keeper(accounts, {"source"}, clock);
  source->journal().Wait(head, std::chrono::seconds(30), {});

  EXPECT_EQ(Versions("f").size(), 2U);
}

}  // namespace
}  // namespace replicafs
