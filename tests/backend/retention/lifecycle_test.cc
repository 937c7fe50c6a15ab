// Rules by prefix and age, for current versions and replicas: the cost scenario of Azure's document
// on object replication.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "backend/retention/retention_pass.h"
#include "backend/retention/retention_rules.h"
#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

constexpr std::chrono::hours kDay{24};

class Lifecycle : public LinkFixture, public ::testing::Test {
 protected:
  void SetAtSource(const RetentionRules& rules, const std::string& prefix = {}) {
    ASSERT_OK(SetRetention(source->store(), "photos", rules, prefix));
  }
  void SetAtDestination(const RetentionRules& rules, const std::string& prefix = {}) {
    ASSERT_OK(SetRetention(destination->store(), "replica", rules, prefix));
  }
  RetentionReport RunAt(Account& account) { return Must(RunRetentionPass(account, clock, {})); }
  // Everything is copied, and the source knows.
  void Replicate() {
    auto link = MakeLink();
    ASSERT_OK(CatchUp(*link));
    ASSERT_OK(link->PublishProgress());
  }
  Tier TierAtSource(const std::string& name) {
    return Must(source->store().Stat({"photos", name})).properties.tier;
  }
  Tier TierOfReplica(const std::string& name) {
    return Must(destination->store().Stat({"replica", name})).properties.tier;
  }
  bool Exists(const std::string& name) {
    return source->store().Stat({"photos", name}).has_value();
  }
};

TEST_F(Lifecycle, S110_TheLongestPrefixThatBeginsTheNameThenItsRulesAlone) {
  for (const char* name : {"a", "logs/a", "logs/old/a"}) Write(name, "x");
  SetAtSource({.current_move = TierMove{.after_days = 1, .tier = Tier::kCool}});
  SetAtSource({.current_move = TierMove{.after_days = 1, .tier = Tier::kCold}}, "logs/");
  SetAtSource({.keep_versions = 1}, "logs/old/");
  clock.Advance(2 * kDay);

  EXPECT_EQ(RunAt(*source).moved_versions, 2U);

  EXPECT_EQ(TierAtSource("a"), Tier::kCool);
  EXPECT_EQ(TierAtSource("logs/a"), Tier::kCold);
  EXPECT_EQ(TierAtSource("logs/old/a"), Tier::kHot);
}

TEST_F(Lifecycle, S110_AtTheSourceThenOnlyWhatIsReplicated) {
  Create();
  Write("a", "one");
  SetAtSource({.current_move = TierMove{.after_days = 1, .tier = Tier::kArchive}});
  clock.Advance(2 * kDay);
  EXPECT_EQ(RunAt(*source).held_versions, 1U);
  EXPECT_EQ(TierAtSource("a"), Tier::kHot);

  Replicate();
  EXPECT_EQ(RunAt(*source).moved_versions, 1U);

  EXPECT_EQ(TierAtSource("a"), Tier::kArchive);
  EXPECT_EQ(TierOfReplica("a"), Tier::kHot);
  Replicate();
  EXPECT_TRUE(Failures().empty());
}

TEST_F(Lifecycle, S110_WhatFailedThenItStays) {
  Create();
  Write("a", "one");
  Replicate();
  ASSERT_OK(ApplyOne(destination->store(), SetLegalHold{{"replica", "a"}, {}, true}, 0));
  Write("a", "two");
  Replicate();
  ASSERT_EQ(Failures().size(), 1U);
  SetAtSource({.current_delete_days = 1});
  clock.Advance(2 * kDay);

  EXPECT_EQ(RunAt(*source).held_versions, 1U);
  EXPECT_TRUE(Exists("a"));
}

TEST_F(Lifecycle, S111_DeletedByAgeThenItIsAPreviousVersionHereAndAtTheDestination) {
  Create();
  Write("old", "one");
  Replicate();
  clock.Advance(31 * kDay);
  Write("young", "one");
  Replicate();
  SetAtSource({.current_delete_days = 30});

  EXPECT_EQ(RunAt(*source).ended_blobs, 1U);
  EXPECT_EQ(RunAt(*source).ended_blobs, 0U);
  Replicate();

  EXPECT_FALSE(Exists("old"));
  EXPECT_TRUE(Exists("young"));
  EXPECT_EQ(SourceHistory("old").size(), 1U);
  ExpectEqualHistories();
}

TEST_F(Lifecycle, S111_ReplicasThenTheyMoveAndGoByTheirOwnAge) {
  Create();
  clock.Advance(100 * kDay);
  Write("logs/a", "one");
  Write("b", "one");
  Replicate();
  SetAtDestination({.keep_days = 5,
                    .current_move = TierMove{.after_days = 7, .tier = Tier::kCold},
                    .current_delete_days = 30},
                   "logs/");
  EXPECT_FALSE(RunAt(*destination).changed());

  clock.Advance(8 * kDay);
  EXPECT_EQ(RunAt(*destination).moved_versions, 1U);
  EXPECT_EQ(TierOfReplica("logs/a"), Tier::kCold);
  clock.Advance(23 * kDay);
  EXPECT_EQ(RunAt(*destination).ended_blobs, 1U);
  clock.Advance(6 * kDay);
  EXPECT_EQ(RunAt(*destination).removed_versions, 1U);

  EXPECT_TRUE(ReplicaHistory("logs/a").empty());
  EXPECT_TRUE(ReplicaExists("b"));
  EXPECT_TRUE(Exists("logs/a"));
  Replicate();
  EXPECT_FALSE(ReplicaExists("logs/a"));
  Write("logs/a", "two");
  Replicate();
  EXPECT_TRUE(ReplicaExists("logs/a"));
}

TEST_F(Lifecycle, S111_AnArchivedReplicaThenLaterChangesFailUntilItHasAnotherTier) {
  Create();
  Write("a", "one");
  Replicate();
  SetAtDestination({.current_move = TierMove{.after_days = 7, .tier = Tier::kArchive}});
  clock.Advance(8 * kDay);
  EXPECT_EQ(RunAt(*destination).moved_versions, 1U);
  Write("a", "two");

  Replicate();

  ASSERT_EQ(Failures().size(), 1U);
  EXPECT_EQ(Failures()[0].code, "DestinationBlobArchived");
}

TEST_F(Lifecycle, ProtectedVersionsThenTheyMoveAndDoNotEnd) {
  Write("a", "one");
  ASSERT_OK(ApplyOne(source->store(), SetLegalHold{{"photos", "a"}, {}, true}, 0));
  SetAtSource({.current_delete_days = 1});
  clock.Advance(2 * kDay);

  EXPECT_EQ(RunAt(*source).immutable_versions, 1U);
  EXPECT_TRUE(Exists("a"));
}

TEST_F(Lifecycle, RulesOfPrefixesThenReadBackAndClearedOneByOne) {
  const RetentionRules all{.keep_days = 3};
  const RetentionRules logs{.current_delete_days = 9};
  SetAtSource(all);
  SetAtSource(logs, "logs/");
  auto read = Must(ReadRetention(source->store(), "photos"));
  EXPECT_EQ(*read->Find("logs/a"), logs);
  EXPECT_EQ(*read->Find("other"), all);

  ASSERT_OK(ClearRetention(source->store(), "photos", ""));
  read = Must(ReadRetention(source->store(), "photos"));
  EXPECT_EQ(read->Find("other"), nullptr);
  EXPECT_CODE(kNotFound, ClearRetention(source->store(), "photos", "mail/"));
  ASSERT_OK(ClearRetention(source->store(), "photos", "logs/"));
  EXPECT_FALSE(Must(ReadRetention(source->store(), "photos")));
}

TEST_F(Lifecycle, TooManyPrefixesThenRefused) {
  for (size_t i = 0; i < kRetentionPrefixesMax; ++i)
    SetAtSource({.keep_days = 1}, "p" + std::to_string(i));
  EXPECT_CODE(kInvalid, SetRetention(source->store(), "photos", {.keep_days = 1}, "q"));
  EXPECT_OK(SetRetention(source->store(), "photos", {.keep_days = 2}, "p0"));
}

}  // namespace
}  // namespace replicafs
