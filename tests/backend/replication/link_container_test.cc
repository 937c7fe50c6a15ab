// Destination containers that are being deleted, and that are there again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "backend/blob/container_deletion.h"
#include "backend/replication/explain.h"
#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LinkContainer : public ::testing::Test, public LinkFixture {
 protected:
  LinkContainer() {
    Create();
    link = MakeLink();
    AtDestination(
        PutState{std::string(kContainerDeletionKey), EncodeContainerDeletionTime(seconds(30))});
    AtDestination(SetDestination{"replica", ""});
    AtDestination(DeleteContainer{"replica"});
    Write("a", "one");
  }

  void AtDestination(Mutation mutation) {
    ASSERT_OK(ApplyOne(destination->inner().store(), std::move(mutation), 0));
  }
  std::string Code() {
    const auto failures = Failures();
    return failures.size() == 1 ? failures[0].code : std::to_string(failures.size()) + " failures";
  }
  std::vector<std::string> Causes() {
    std::vector<std::string> causes;
    const auto explained = Must(Explain(accounts, source, {"photos", "a"}, clock));
    for (const CheckOutcome& check : explained.at(0).checks) {
      if (check.finding == Finding::kCause) causes.emplace_back(check.id);
    }
    return causes;
  }

  std::unique_ptr<Link> link;
};

TEST_F(LinkContainer, BeingDeletedThenItsBlobsFailWithThatReason) {
  ASSERT_OK(CatchUp(*link));

  EXPECT_EQ(Code(), "DestinationContainerBeingDeleted");
  EXPECT_THAT(Failures()[0].reason, HasSubstr("destination/replica"));
  EXPECT_THAT(Causes(),
              ElementsAre("destinationContainerExists", "destinationContainerNotBeingDeleted"));
}

TEST_F(LinkContainer, TimeOverThenItIsNotFoundAndHealsOnceItIsThereAgain) {
  ASSERT_OK(CatchUp(*link));
  clock.Advance(seconds(31));
  ASSERT_OK(link->RetryFailures({}));
  EXPECT_EQ(Code(), "DestinationContainerNotFound");
  EXPECT_THAT(Causes(), ElementsAre("destinationContainerExists"));

  AtDestination(CreateContainer{"replica"});
  AtDestination(SetDestination{"replica", policy.policy_id});
  ASSERT_OK(link->RetryFailures({}));

  EXPECT_THAT(Failures(), IsEmpty());
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("current one"));
}

}  // namespace
}  // namespace replicafs
