// Replicas that policies and legal holds protect, and how they heal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LinkImmutable : public ::testing::Test, public LinkFixture {
 protected:
  LinkImmutable() {
    Create();
    link = MakeLink();
  }

  void AtDestination(Mutation mutation) {
    ASSERT_OK(ApplyOne(destination->inner().store(), std::move(mutation), 0));
  }
  void Hold(const std::string& name, bool hold) {
    AtDestination(SetLegalHold{{"replica", name}, {}, hold});
  }
  void ExpectOneFailure(EventKind kind) {
    ASSERT_THAT(Failures(), SizeIs(1));
    EXPECT_EQ(Failures()[0].code, "DestinationImmutable");
    EXPECT_EQ(Failures()[0].kind, kind);
    EXPECT_EQ(Failures()[0].path, (BlobPath{"photos", "a"}));
  }
  // Tries again, before and after the cause is gone.
  template <class Heal>
  void ExpectHealsAfter(const Heal& heal) {
    ASSERT_OK(link->RetryFailures({}));
    EXPECT_THAT(Failures(), SizeIs(1));
    heal();
    ASSERT_OK(link->RetryFailures({}));
    EXPECT_THAT(Failures(), IsEmpty());
  }

  std::unique_ptr<Link> link;
};

TEST_F(LinkImmutable, UpdateOfAReplicaUnderAPolicyThenItWaitsForItsEnd) {
  Write("a", "one");
  ASSERT_OK(CatchUp(*link));
  const Timestamp until{clock.Now().ticks + 3600 * Timestamp::kTicksPerSecond};
  AtDestination(
      SetImmutability{{"replica", "a"}, {}, ImmutabilityPolicy{until, ImmutabilityMode::kLocked}});
  Write("a", "two");
  Write("b", "other");

  ASSERT_OK(CatchUp(*link));

  ExpectOneFailure(EventKind::kCreated);
  EXPECT_THAT(Failures()[0].reason, HasSubstr("immutable until " + ToString(until)));
  EXPECT_TRUE(ReplicaExists("b"));
  ExpectHealsAfter([&] { clock.Advance(std::chrono::hours(2)); });
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous one", "current two"));
}

TEST_F(LinkImmutable, DeleteOfAReplicaUnderAHoldThenItWaitsUntilItIsCleared) {
  Write("a", "one");
  ASSERT_OK(CatchUp(*link));
  Hold("a", true);
  Remove("a");
  Write("b", "other");

  ASSERT_OK(CatchUp(*link));

  ExpectOneFailure(EventKind::kDeleted);
  EXPECT_TRUE(ReplicaExists("a"));
  EXPECT_TRUE(ReplicaExists("b"));
  ExpectHealsAfter([&] { Hold("a", false); });
  EXPECT_FALSE(ReplicaExists("a"));
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous one"));
}

TEST_F(LinkImmutable, MetadataOfAReplicaUnderAHoldThenItWaitsToo) {
  Write("a", "one");
  ASSERT_OK(CatchUp(*link));
  Hold("a", true);
  Patch("a", {{"k", "v"}});

  ASSERT_OK(CatchUp(*link));

  ExpectOneFailure(EventKind::kPropertiesChanged);
  ExpectHealsAfter([&] { Hold("a", false); });
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("current one k=v"));
}

TEST_F(LinkImmutable, ContainerUnderAHoldThenNewBlobsArriveAndOthersWait) {
  Write("a", "one");
  ASSERT_OK(CatchUp(*link));
  AtDestination(ChangeContainerHolds{"replica", {"case1"}, {}});
  Write("a", "two");
  Write("b", "new");

  ASSERT_OK(CatchUp(*link));

  ExpectOneFailure(EventKind::kCreated);
  EXPECT_TRUE(ReplicaExists("b"));
  ExpectHealsAfter([&] { AtDestination(ChangeContainerHolds{"replica", {}, {"case1"}}); });
  ExpectEqualHistories();
}

TEST_F(LinkImmutable, UpdateAndDeleteOfOneBlobThenBothHealInTheirOrder) {
  Write("a", "one");
  ASSERT_OK(CatchUp(*link));
  Hold("a", true);
  Write("a", "two");
  Remove("a");
  ASSERT_OK(CatchUp(*link));
  EXPECT_TRUE(ReplicaExists("a"));
  EXPECT_THAT(Failures(), SizeIs(2));

  Hold("a", false);
  ASSERT_OK(link->RetryFailures({}));

  EXPECT_THAT(Failures(), IsEmpty());
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous one", "previous two"));
}

TEST_F(LinkImmutable, PoliciesOfTheSourceThenTheyStayThere) {
  Write("a", "one");
  const Timestamp until{clock.Now().ticks + 3600 * Timestamp::kTicksPerSecond};
  ASSERT_OK(ApplyOne(source->inner().store(),
                     SetImmutability{{"photos", "a"}, {}, ImmutabilityPolicy{until}}, 0));

  ASSERT_OK(CatchUp(*link));

  const BlobInfo replica = Must(destination->inner().store().Stat({"replica", "a"}));
  EXPECT_EQ(replica.protection, Protection{});
  EXPECT_THAT(Failures(), IsEmpty());
  EXPECT_EQ(Progress().watermark, Must(source->journal().Head()));
}

}  // namespace
}  // namespace replicafs
