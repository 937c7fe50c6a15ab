// Blobs in the archive tier, at the source or at the destination.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LinkArchive : public ::testing::Test, public LinkFixture {};

TEST_F(LinkArchive, DestinationBlobArchivedThenItIsRecordedAndOthersGoOn) {
  Create();
  auto link = MakeLink();
  Write("a", "one");
  ASSERT_OK(CatchUp(*link));
  SetReplicaTier("a", Tier::kArchive);
  const VersionId version = Write("a", "two");
  Write("b", "other");

  ASSERT_OK(CatchUp(*link));

  EXPECT_TRUE(ReplicaExists("b"));
  ASSERT_THAT(Failures(), SizeIs(1));
  EXPECT_EQ(Failures()[0].code, "DestinationBlobArchived");
  EXPECT_EQ(Failures()[0].path, (BlobPath{"photos", "a"}));
  EXPECT_EQ(Failures()[0].version, version);
  EXPECT_EQ(Progress().watermark, Must(source->journal().Head()));
}

TEST_F(LinkArchive, CauseGoneThenRetryingHealsInOrder) {
  Create();
  auto link = MakeLink();
  Write("a", "one");
  ASSERT_OK(CatchUp(*link));
  SetReplicaTier("a", Tier::kArchive);
  Write("a", "two");
  Write("a", "three");
  ASSERT_OK(CatchUp(*link));
  ASSERT_OK(link->RetryFailures({}));
  EXPECT_EQ(Failures()[0].attempts, 2U);
  SetReplicaTier("a", Tier::kHot);

  ASSERT_OK(link->RetryFailures({}));

  EXPECT_THAT(Failures(), IsEmpty());
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous one", "previous two", "current three"));
}

TEST_F(LinkArchive, SourceArchivedThenItIsRecorded) {
  Create();
  Write("a", "one");
  ASSERT_OK(
      ApplyOne(source->store(), PatchBlob{.path = {"photos", "a"}, .tier = Tier::kArchive}, 0));
  auto link = MakeLink();

  ASSERT_OK(CatchUp(*link));

  EXPECT_EQ(Failures().at(0).code, "SourceBlobArchived");
}

TEST_F(LinkArchive, SourceArchivedThoughTheDestinationHasItsBlocksThenItFails) {
  Create();
  const std::string block(kBlockBytes, 'x');
  Write("before", block);
  auto link = MakeLink();
  ASSERT_OK(CatchUp(*link));
  Write("archived", block);
  ASSERT_OK(ApplyOne(source->store(),
                     PatchBlob{.path = {"photos", "archived"}, .tier = Tier::kArchive}, 0));

  ASSERT_OK(CatchUp(*link));

  ASSERT_THAT(Failures(), SizeIs(1));
  EXPECT_EQ(Failures()[0].code, "SourceBlobArchived");
  EXPECT_FALSE(ReplicaExists("archived"));
}

TEST_F(LinkArchive, SourceArchivedAfterItWasCopiedThenANewPolicyAdoptsItsReplica) {
  Create(ExistingBlobs::kCopy);
  Write("a", "one");
  ASSERT_OK(CatchUp(*MakeLink()));
  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));
  ASSERT_OK(
      ApplyOne(source->store(), PatchBlob{.path = {"photos", "a"}, .tier = Tier::kArchive}, 0));
  Create(ExistingBlobs::kCopy);

  ASSERT_OK(CatchUp(*MakeLink()));

  EXPECT_THAT(Failures(), IsEmpty());
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("current one"));
}

TEST_F(LinkArchive, SourceOnItsWayOutOfTheArchiveThenItHealsOnceThatIsOver) {
  Create();
  BlobStore& store = source->inner().store();
  Must(ApplyOne(store, PutState{std::string(kRehydrationKey), "3600"}, 0));
  Write("a", "one");
  Must(ApplyOne(store, PatchBlob{.path = {"photos", "a"}, .tier = Tier::kArchive}, 0));
  auto link = MakeLink();
  ASSERT_OK(CatchUp(*link));
  Must(ApplyOne(store, PatchBlob{.path = {"photos", "a"}, .tier = Tier::kHot}, 0));

  ASSERT_OK(link->RetryFailures({}));
  ASSERT_THAT(Failures(), SizeIs(1));
  EXPECT_EQ(Failures()[0].code, "SourceBlobArchived");
  clock.Advance(std::chrono::hours(1));
  ASSERT_OK(link->RetryFailures({}));

  EXPECT_THAT(Failures(), IsEmpty());
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("current one"));
}

TEST_F(LinkArchive, ReplicaOnItsWayOutOfTheArchiveThenItHealsOnceThatIsOver) {
  Create();
  Must(ApplyOne(destination->inner().store(), PutState{std::string(kRehydrationKey), "3600"}, 0));
  auto link = MakeLink();
  Write("a", "one");
  ASSERT_OK(CatchUp(*link));
  SetReplicaTier("a", Tier::kArchive);
  SetReplicaTier("a", Tier::kHot);
  Write("a", "two");

  ASSERT_OK(CatchUp(*link));
  ASSERT_THAT(Failures(), SizeIs(1));
  EXPECT_EQ(Failures()[0].code, "DestinationBlobArchived");
  clock.Advance(std::chrono::hours(1));
  ASSERT_OK(link->RetryFailures({}));

  EXPECT_THAT(Failures(), IsEmpty());
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous one", "current two"));
}

}  // namespace
}  // namespace replicafs
