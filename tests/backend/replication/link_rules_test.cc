// Rules that change while a link is at work: what was done is not done again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "backend/replication/policy_change.h"
#include "backend/replication/status.h"
#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LinkRules : public ::testing::Test, public LinkFixture {
 protected:
  void Change(const PolicyChange& change, const std::string& account = {}) {
    ASSERT_OK(ChangePolicy(accounts,
                           {.policy_id = policy.policy_id, .account = account, .change = change}));
  }
  // Everything of another container, and of what the first rule leaves out.
  void AddExistingRule() {
    MakeContainer(*source, "more");
    MakeContainer(*destination, "morecopy");
    ASSERT_OK(ApplyOne(source->inner().store(),
                       CommitBlob{.path = {"more", "b"}, .content = std::string("x")}, 0));
    Change([](Policy& half) -> Status {
      half.rules.push_back({.source_container = "more",
                            .destination_container = "morecopy",
                            .min_creation_time = kEverything});
      return Ok();
    });
  }
  void Widen() {
    Change([](Policy& half) -> Status {
      half.rules[0].prefixes.push_back("out/");
      half.rules[0].min_creation_time = kEverything;
      return Ok();
    });
  }
  void PurgeReplica(const std::string& name) {
    BlobStore& store = destination->inner().store();
    for (const BlobInfo& info : Must(store.ListVersions({"replica", name})))
      ASSERT_OK(ApplyOne(store, RemoveVersion{{"replica", name}, info.version}, 0));
  }
  LinkStatus ReadStatus() { return Must(ReadLinkStatus(*source, accounts, clock)).at(0); }
};

TEST_F(LinkRules, RuleAddedThenReplicasThatWereDeletedStayAway) {
  Create();
  Write("purged", "x");
  Write("kept", "y");
  ASSERT_OK(CatchUp(*MakeLink()));
  PurgeReplica("purged");

  AddExistingRule();
  ASSERT_OK(CatchUp(*MakeLink()));

  EXPECT_FALSE(ReplicaExists("purged"));
  EXPECT_TRUE(ReplicaExists("kept"));
  EXPECT_OK(destination->store().Stat({"morecopy", "b"}, {}));
}

TEST_F(LinkRules, RuleWidenedThenOnlyWhatItDidNotCopyBeforeComes) {
  Create(ExistingBlobs::kCopy, {"in/"});
  Write("in/purged", "x");
  Write("out/b", "y");
  ASSERT_OK(CatchUp(*MakeLink()));
  PurgeReplica("in/purged");

  Widen();
  ASSERT_OK(CatchUp(*MakeLink()));

  EXPECT_FALSE(ReplicaExists("in/purged"));
  EXPECT_TRUE(ReplicaExists("out/b"));
}

TEST_F(LinkRules, ChangedTwiceBeforeItCaughtUpThenNothingIsDoneAgain) {
  Create(ExistingBlobs::kCopy, {"in/"});
  Write("in/purged", "x");
  for (int i = 0; i < 40; ++i) Write("out/" + std::to_string(i), "y");
  ASSERT_OK(CatchUp(*MakeLink()));
  PurgeReplica("in/purged");
  Widen();
  // One event a step: it ends in the middle of what is new.
  ASSERT_OK(MakeLink({.window_events = 4})->Step({}));

  AddExistingRule();
  ASSERT_OK(CatchUp(*MakeLink({.window_events = 4})));

  EXPECT_FALSE(ReplicaExists("in/purged"));
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(ReplicaExists("out/" + std::to_string(i))) << i;
  EXPECT_EQ(Progress().versions_copied, 42U);
}

// As when a policy is updated account by account, and the link looks in between.
TEST_F(LinkRules, HalvesDisagreeForAWhileThenNothingIsDoneAgain) {
  Create(ExistingBlobs::kCopy, {"in/"});
  Write("in/purged", "x");
  Write("out/b", "y");
  ASSERT_OK(CatchUp(*MakeLink()));
  PurgeReplica("in/purged");
  const auto widen = [](Policy& half) -> Status {
    half.rules[0].prefixes.push_back("out/");
    return Ok();
  };

  Change(widen, "destination");
  Write("in/meanwhile", "z");
  ASSERT_OK(CatchUp(*MakeLink()));
  EXPECT_FALSE(ReplicaExists("in/meanwhile"));
  Change(widen, "source");
  ASSERT_OK(CatchUp(*MakeLink()));

  EXPECT_FALSE(ReplicaExists("in/purged"));
  EXPECT_TRUE(ReplicaExists("in/meanwhile"));
  EXPECT_TRUE(ReplicaExists("out/b"));
}

TEST_F(LinkRules, FailedBeforeTheChangeThenItIsStillTriedAgain) {
  Create();
  source->script().Add({.call = StoreCall::kReadAt, .error = ErrorCode::kCorrupt});
  Write("a", "x");
  ASSERT_OK(CatchUp(*MakeLink({.staging_threads = 1})));
  ASSERT_THAT(Failures(), SizeIs(1));

  AddExistingRule();
  auto link = MakeLink();
  ASSERT_OK(CatchUp(*link));
  ASSERT_OK(link->RetryFailures({}));

  EXPECT_THAT(Failures(), IsEmpty());
  EXPECT_TRUE(ReplicaExists("a"));
}

TEST_F(LinkRules, HalvesDisagreeThenStatusSaysSoAndCountsWhatWaits) {
  Create(ExistingBlobs::kCopy);
  const VersionId first = Write("before", "x");
  ASSERT_OK(CatchUp(*MakeLink()));
  Change(
      [](Policy& half) -> Status {
        half.rules[0].prefixes = {"p/"};
        return Ok();
      },
      "destination");
  Write("p/after", "y");
  ASSERT_OK(CatchUp(*MakeLink()));

  const LinkStatus status = ReadStatus();

  ASSERT_THAT(status.differences, SizeIs(1));
  EXPECT_THAT(status.differences[0], HasSubstr(policy.rules[0].rule_id));
  EXPECT_EQ(status.pending_operations, 2U);
  EXPECT_LT(status.replicated_through, first.time());
}

}  // namespace
}  // namespace replicafs
