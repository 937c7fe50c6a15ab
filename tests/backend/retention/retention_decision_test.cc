#include "backend/retention/retention_decision.h"

#include <gtest/gtest.h>

#include "backend/blob/blob_type.h"
#include "tests/support/manual_clock.h"

namespace replicafs {
namespace {

using Kind = RetentionAction::Kind;

constexpr int64_t kDay = Timestamp::kTicksPerSecond * 86'400;
constexpr Timestamp kNow = ManualClock::kStart;

// Previous versions that ended so many days ago, newest first.
std::vector<BlobInfo> Ended(const std::vector<int>& days_ago) {
  std::vector<BlobInfo> versions;
  for (const int days : days_ago) {
    BlobInfo info{.name = "f", .is_current = false, .size_bytes = 10};
    info.ended = Timestamp{kNow.ticks - days * kDay};
    info.version = VersionId{info.ended.ticks - 1};
    versions.push_back(info);
  }
  return versions;
}

std::vector<BlobInfo> WithCurrent(std::vector<BlobInfo> versions) {
  versions.insert(versions.begin(), BlobInfo{.name = "f", .version = VersionId{kNow.ticks}});
  return versions;
}

// How old the versions are, in days, that the rules remove or move.
std::vector<int> Days(const RetentionDecision& decision, Kind kind) {
  std::vector<int> days;
  for (const RetentionAction& action : decision.actions) {
    if (action.kind == kind)
      days.push_back(static_cast<int>((kNow.ticks - action.version.ticks) / kDay));
  }
  return days;
}

RetentionDecision Decide(const std::vector<BlobInfo>& versions, const RetentionRules& rules) {
  return DecideRetention(versions, rules, kNow, [](const BlobInfo&) { return false; });
}

using Ages = std::vector<int>;

// A current version that came so many days ago.
std::vector<BlobInfo> Current(int days_ago, Tier tier = Tier::kHot) {
  BlobInfo info{.name = "f", .version = VersionId{kNow.ticks - days_ago * kDay}, .etag = "tag"};
  info.properties.tier = tier;
  return {info};
}

TEST(RetentionDecision, CurrentVersionsThenTheyMoveAndEndByTheirOwnAge) {
  const RetentionRules rules{.keep_versions = 0,
                             .current_move = TierMove{.after_days = 5, .tier = Tier::kCold},
                             .current_delete_days = 20};

  EXPECT_TRUE(Decide(Current(5), rules).actions.empty());
  EXPECT_EQ(Days(Decide(Current(6), rules), Kind::kMove), Ages{6});
  EXPECT_TRUE(Decide(Current(6, Tier::kArchive), rules).actions.empty());
  const auto decision = Decide(Current(21), rules);
  EXPECT_EQ(Days(decision, Kind::kEnd), Ages{21});
  EXPECT_EQ(decision.actions[0].etag, "tag");
}

TEST(RetentionDecision, DirectoriesAndLinksThenTheyAreNoData) {
  for (const BlobType type : {BlobType::kDirectory, BlobType::kSymlink}) {
    auto versions = Current(100);
    versions[0].properties.metadata[std::string(TypeKey(type))] = "true";
    EXPECT_TRUE(
        Decide(versions, {.current_move = TierMove{.after_days = 1}, .current_delete_days = 1})
            .actions.empty());
  }
}

TEST(RetentionDecision, NewestOfEachBlobThenOlderOnesGoOldestFirst) {
  const auto versions = WithCurrent(Ended({1, 2, 3, 4}));

  EXPECT_EQ(Days(Decide(versions, {.keep_versions = 2}), Kind::kRemove), (Ages{4, 3}));
  EXPECT_EQ(Days(Decide(versions, {.keep_versions = 0}), Kind::kRemove), (Ages{4, 3, 2, 1}));
  EXPECT_EQ(Days(Decide(versions, {.keep_versions = 4}), Kind::kRemove), Ages{});
}

TEST(RetentionDecision, TheCurrentVersionThenNeitherCountsNorGoes) {
  auto versions = WithCurrent({});
  versions[0].version = VersionId{kNow.ticks - 1000 * kDay};

  const auto decision =
      Decide(versions, {.keep_versions = 0, .keep_days = 0, .move = TierMove{.after_days = 0}});

  EXPECT_TRUE(decision.actions.empty());
}

TEST(RetentionDecision, ADeletedBlobThenItsNewestVersionCounts) {
  EXPECT_EQ(Days(Decide(Ended({1, 2, 3}), {.keep_versions = 1}), Kind::kRemove), (Ages{3, 2}));
}

TEST(RetentionDecision, YoungerThanDaysThenKept) {
  const auto versions = WithCurrent(Ended({1, 30, 31}));

  EXPECT_EQ(Days(Decide(versions, {.keep_days = 30}), Kind::kRemove), Ages{31});
  EXPECT_EQ(Days(Decide(versions, {.keep_days = 0}), Kind::kRemove), (Ages{31, 30, 1}));
}

TEST(RetentionDecision, AVersionThatWasCurrentUntilYesterdayThenItsAgeIsADay) {
  auto versions = Ended({1});
  versions[0].version = VersionId{kNow.ticks - 500 * kDay};

  EXPECT_TRUE(Decide(WithCurrent(versions), {.keep_days = 30}).actions.empty());
}

TEST(RetentionDecision, TwoRulesThenBothMustLetItGo) {
  const auto versions = WithCurrent(Ended({1, 10, 20, 40, 50}));

  EXPECT_EQ(Days(Decide(versions, {.keep_versions = 1, .keep_days = 30}), Kind::kRemove),
            (Ages{50, 40}));
  EXPECT_EQ(Days(Decide(versions, {.keep_versions = 4, .keep_days = 5}), Kind::kRemove), Ages{50});
}

TEST(RetentionDecision, OnlyATierThenNothingIsRemoved) {
  const auto decision = Decide(WithCurrent(Ended({1, 40})), {.move = TierMove{.after_days = 30}});

  EXPECT_EQ(Days(decision, Kind::kRemove), Ages{});
  EXPECT_EQ(Days(decision, Kind::kMove), Ages{40});
  EXPECT_EQ(decision.actions.at(0).tier, Tier::kCool);
}

TEST(RetentionDecision, ACoolerTierThenItStays) {
  auto versions = Ended({40, 41, 42});
  versions[0].properties.tier = Tier::kCold;
  versions[1].properties.tier = Tier::kArchive;

  EXPECT_EQ(Days(Decide(versions, {.move = TierMove{.after_days = 30, .tier = Tier::kCold}}),
                 Kind::kMove),
            Ages{42});
}

TEST(RetentionDecision, WhatGoesThenIsNotMovedFirst) {
  const auto decision = Decide(WithCurrent(Ended({5, 40, 100})),
                               {.keep_days = 90, .move = TierMove{.after_days = 30}});

  EXPECT_EQ(Days(decision, Kind::kRemove), Ages{100});
  EXPECT_EQ(Days(decision, Kind::kMove), Ages{40});
}

TEST(RetentionDecision, WhatIsNeededThenIsHeldAndCounts) {
  const auto versions = WithCurrent(Ended({1, 2, 3}));
  const auto decision = DecideRetention(
      versions, {.keep_versions = 1}, kNow,
      [&](const BlobInfo& version) { return version.version == versions[2].version; });

  EXPECT_EQ(Days(decision, Kind::kRemove), Ages{3});
  EXPECT_EQ(decision.held, 1U);
}

}  // namespace
}  // namespace replicafs
