// What a blob's replication status and a link's backlog look like from the source.
#include "backend/replication/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "backend/replication/link_rows.h"
#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class ReplicationStatus : public ::testing::Test, public LinkFixture {
 protected:
  BlobReplication StatusOf(const std::string& name, VersionId version = {}) {
    const BlobInfo info = Must(source->store().Stat({"photos", name}, version));
    return Must(reader_.StatusOf("photos", info));
  }

  // Of what is in the journal now.
  PendingWork Pending(PendingScope scope) {
    scope.head = Must(source->journal().Head());
    return Must(ReadPending(*source, policy, scope));
  }

  StatusReader reader_{source};
};

TEST_F(ReplicationStatus, NoPolicyThenNone) {
  Write("a", "x");

  EXPECT_EQ(StatusOf("a").status, BlobStatus::kNone);
}

TEST_F(ReplicationStatus, WrittenThenPendingAndCopiedThenComplete) {
  Create();
  const VersionId first = Write("a", "one");
  Write("a", "two");
  EXPECT_EQ(StatusOf("a").status, BlobStatus::kPending);

  ASSERT_OK(CatchUp(*MakeLink()));

  const BlobReplication status = StatusOf("a");
  EXPECT_EQ(status.status, BlobStatus::kComplete);
  ASSERT_THAT(status.rules, SizeIs(1));
  EXPECT_EQ(status.rules[0].policy_id, policy.policy_id);
  EXPECT_EQ(status.rules[0].rule_id, policy.rules[0].rule_id);
  EXPECT_EQ(StatusOf("a", first).status, BlobStatus::kComplete);
}

TEST_F(ReplicationStatus, OnlySkippedChangesLeftThenStillComplete) {
  Create();
  auto link = MakeLink();
  Write("a", "x");
  ASSERT_OK(CatchUp(*link));
  ASSERT_OK(ApplyOne(source->store(), PatchBlob{.path = {"photos", "a"}, .tier = Tier::kCool}, 0));

  ASSERT_OK(CatchUp(*link));

  EXPECT_EQ(StatusOf("a").status, BlobStatus::kComplete);
}

// The watermark is above what the rule newly copies, and says nothing of it.
TEST_F(ReplicationStatus, PrefixAddedThenItsBlobsArePendingUntilTheLinkHasTakenItUp) {
  Create(ExistingBlobs::kCopy, {"in/"});
  Write("in/a", "x");
  Write("out/b", "y");
  const auto link = MakeLink();
  ASSERT_OK(CatchUp(*link));
  EXPECT_EQ(StatusOf("in/a").status, BlobStatus::kComplete);
  EXPECT_EQ(StatusOf("out/b").status, BlobStatus::kNone);

  Policy changed = policy;
  changed.rules[0].prefixes.push_back("out/");
  Must(UpdateHalf(accounts, {.account = "destination", .definition = changed}));
  Must(UpdateHalf(accounts, {.account = "source", .definition = changed}));

  EXPECT_EQ(StatusOf("out/b").status, BlobStatus::kPending);
  const uint64_t head = Must(source->journal().Head());
  const Policy now = Must(GetHalf(accounts, "source", policy.policy_id));
  EXPECT_EQ(Must(ReadPending(*source, now, {.head = head})).operations, 2U);
  ASSERT_OK(CatchUp(*link));
  EXPECT_EQ(StatusOf("in/a").status, BlobStatus::kComplete);
  EXPECT_EQ(StatusOf("out/b").status, BlobStatus::kComplete);
  EXPECT_EQ(Must(ReadPending(*source, now, {.head = head})).operations, 0U);
}

TEST_F(ReplicationStatus, OutsideThePolicyThenNone) {
  Write("in/old", "x");
  clock.Advance(std::chrono::hours(1));
  Create(ExistingBlobs::kLeave, {"in/"});
  clock.Advance(std::chrono::hours(1));
  Write("out", "x");
  EXPECT_EQ(StatusOf("out").status, BlobStatus::kNone);
  EXPECT_EQ(StatusOf("in/old").status, BlobStatus::kNone);
  Patch("in/old", {{"key", "value"}});

  ASSERT_OK(CatchUp(*MakeLink()));

  EXPECT_EQ(StatusOf("in/old").status, BlobStatus::kNone);
}

TEST_F(ReplicationStatus, FailedThenTheReasonIsTold) {
  Create();
  source->script().Add({.call = StoreCall::kReadAt, .error = ErrorCode::kCorrupt});
  Write("a", "x");

  ASSERT_OK(CatchUp(*MakeLink()));

  EXPECT_EQ(StatusOf("a").status, BlobStatus::kFailed);
  EXPECT_THAT(StatusOf("a").reason, HasSubstr("SourceCorrupt: "));
}

TEST_F(ReplicationStatus, BlobUnderWayThenItsPercentIsTold) {
  Create();
  const VersionId version = Write("a", std::string(100, 'x'));
  Write("b", "x");
  const LinkProgress progress{.current_name = "photos/a",
                              .current_version = version,
                              .current_done_bytes = 42,
                              .current_total_bytes = 100};

  ASSERT_OK(
      ApplyOne(source->store(), PutState{ProgressKey(policy.policy_id), Encode(progress)}, 0));

  EXPECT_EQ(StatusOf("a").percent, 42);
  EXPECT_EQ(StatusOf("b").percent, 0);
}

TEST_F(ReplicationStatus, DestinationThenReplicaDuringAndAfterThePolicy) {
  Create();
  Write("a", "x");
  ASSERT_OK(CatchUp(*MakeLink()));
  StatusReader reader(destination);
  const BlobInfo info = Must(destination->store().Stat({"replica", "a"}));
  EXPECT_EQ(Must(reader.StatusOf("replica", info)).status, BlobStatus::kReplica);

  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));

  EXPECT_EQ(Must(reader.StatusOf("replica", info)).status, BlobStatus::kReplica);
  EXPECT_EQ(StatusOf("a").status, BlobStatus::kNone);
}

TEST_F(ReplicationStatus, BacklogThenLinkStatusCountsWhatTheRulesCopy) {
  Create(ExistingBlobs::kLeave, {"in/"});
  Write("in/a", std::string(100, 'x'));
  Write("in/a", std::string(50, 'x'));
  Write("out", "x");
  Remove("in/a");
  clock.Advance(std::chrono::seconds(90));

  const auto links = Must(ReadLinkStatus(*source, accounts, clock));

  ASSERT_THAT(links, SizeIs(1));
  EXPECT_EQ(links[0].policy, policy);
  EXPECT_EQ(links[0].head, Must(source->journal().Head()));
  EXPECT_EQ(links[0].pending_operations, 3U);
  EXPECT_EQ(links[0].pending_bytes, 150U);
  EXPECT_EQ(links[0].oldest_pending_seconds, 89U);
  EXPECT_FALSE(links[0].running);
}

TEST_F(ReplicationStatus, PendingUnderAPrefixThenOnlyThatIsCounted) {
  Create();
  Write("d/a", "abc");
  Write("e", "x");

  EXPECT_EQ(Pending({.container = "photos", .name = "d/"}).operations, 1U);
  EXPECT_EQ(Pending({.container = "photos", .name = "d/"}).bytes, 3U);
  EXPECT_EQ(Pending({}).operations, 2U);
  EXPECT_EQ(Pending({.container = "other"}).operations, 0U);
  ASSERT_OK(CatchUp(*MakeLink()));
  EXPECT_EQ(Pending({}).operations, 0U);
}

TEST_F(ReplicationStatus, PendingOfANameThenItsNeighboursAreNotCounted) {
  Create();
  for (const char* name : {"d", "d/a", "da", "x"}) Write(name, "x");
  const uint64_t head = Must(source->journal().Head());
  Write("d", "later");

  EXPECT_EQ(Pending({.name = "d"}).operations, 3U);
  EXPECT_EQ(Must(ReadPending(*source, policy, {.name = "d", .head = head})).operations, 2U);
  EXPECT_EQ(Pending({.name = "d/a"}).operations, 1U);
}

TEST(PendingScope, PrefixesOfARuleThenOnlyTheirNamesOverlap) {
  const Rule rule{.source_container = "photos", .prefixes = {"2026/ab"}};

  EXPECT_TRUE(Overlaps({.container = "photos"}, rule));
  EXPECT_TRUE(Overlaps({.container = "photos", .name = "2026"}, rule));
  EXPECT_TRUE(Overlaps({.container = "photos", .name = "2026/abc/d"}, rule));
  EXPECT_FALSE(Overlaps({.container = "photos", .name = "2026/a"}, rule));
  EXPECT_FALSE(Overlaps({.container = "mail"}, rule));
}

TEST_F(ReplicationStatus, NothingToDoThenTheSourceIsNotWritten) {
  Create();
  auto link = MakeLink();
  Write("a", "x");
  ASSERT_OK(CatchUp(*link));
  const uint64_t changes = source->journal().ChangeCount();

  for (int i = 0; i < 10; ++i) ASSERT_OK(CatchUp(*link));

  EXPECT_EQ(source->journal().ChangeCount(), changes);
}

TEST_F(ReplicationStatus, ManyWindowsThenTheSourceIsWrittenRarely) {
  Create();
  for (int i = 0; i < 200; ++i) Write(std::to_string(i), "x");
  auto link = MakeLink({.window_events = 2});
  const uint64_t applies = source->script().Calls(StoreCall::kApply);
  const auto start = std::chrono::steady_clock::now();

  ASSERT_OK(CatchUp(*link));

  const auto intervals = static_cast<uint64_t>((std::chrono::steady_clock::now() - start) /
                                               std::chrono::milliseconds(200));
  EXPECT_LE(source->script().Calls(StoreCall::kApply) - applies, intervals + 2);
}

}  // namespace
}  // namespace replicafs
