// Creating and deleting policies, and what a crash between the halves leaves.
#include "backend/replication/policy_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PolicyStore : public ::testing::Test, public LinkFixture {
 protected:
  std::string OwnerOf(Account& account, const std::string& container) {
    return Must(account.store().GetContainer(container)).destination_policy_id;
  }
};

TEST_F(PolicyStore, CreatedThenBothAccountsHaveItAndTheDestinationIsLocked) {
  Create();

  EXPECT_THAT(Must(ListPolicies(*source)), ElementsAre(policy));
  EXPECT_THAT(Must(ListPolicies(*destination)), ElementsAre(policy));
  EXPECT_THAT(Must(ListAllPolicies(accounts)), ElementsAre(policy));
  EXPECT_EQ(OwnerOf(*destination, "replica"), policy.policy_id);
}

TEST_F(PolicyStore, ExistingLeftOrCopiedThenTheRulesStartAtTheHeadOrAtZero) {
  Write("a", "x");
  const uint64_t head = Must(source->journal().Head());

  EXPECT_EQ(Create(ExistingBlobs::kLeave).rules[0].start_sequence, head);
  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));
  EXPECT_EQ(Create(ExistingBlobs::kCopy).rules[0].start_sequence, 0U);
}

TEST_F(PolicyStore, CreatedAfterTheyWereReadThenWhatExpectsThemUnchangedFails) {
  const PoliciesAsRead before = Must(ReadPolicies(*source));
  EXPECT_OK(source->store().Apply({before.unchanged, PutState{"x", "1"}}, 0));
  Create();
  const PoliciesAsRead after = Must(ReadPolicies(*source));

  EXPECT_CODE(kPrecondition,
              source->store().Apply({before.unchanged, DeleteContainer{"photos"}}, 0));

  EXPECT_THAT(before.policies, IsEmpty());
  EXPECT_THAT(after.policies, ElementsAre(policy));
  EXPECT_OK(source->store().GetContainer("photos"));
  EXPECT_OK(source->store().Apply({after.unchanged, RemoveState{"x"}}, 0));
}

TEST_F(PolicyStore, DeletedThenNothingIsLeftAndTheDestinationTakesWrites) {
  Create();
  Write("a", "x");
  ASSERT_OK(CatchUp(*MakeLink()));

  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));

  EXPECT_EQ(OwnerOf(*destination, "replica"), "");
  EXPECT_TRUE(ReplicaExists("a"));
  EXPECT_THAT(Must(source->store().ListState("")), IsEmpty());
  EXPECT_THAT(Must(destination->store().ListState("")), IsEmpty());
  EXPECT_CODE(kNotFound, DeletePolicy(accounts, policy.policy_id));
}

TEST_F(PolicyStore, DeletedWhenOneAccountIsGoneThenTheOtherHalfGoes) {
  Create();
  accounts.Remove("source");

  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));

  EXPECT_EQ(OwnerOf(*destination, "replica"), "");
}

TEST_F(PolicyStore, PairHasAPolicyThenAnotherIsRefused) {
  Create();
  MakeContainer(*source, "music");
  MakeContainer(*destination, "sound");
  PolicyRequest request = Request();
  request.rules = {{.source_container = "music", .destination_container = "sound"}};

  EXPECT_CODE(kExists, CreatePolicy(accounts, request, clock));
}

TEST_F(PolicyStore, ContainerMissingThenTheMessageNamesIt) {
  PolicyRequest request = Request();
  request.rules[0].source_container = "missing";
  const auto no_source = CreatePolicy(accounts, request, clock);
  request = Request();
  request.rules[0].destination_container = "missing";
  const auto no_destination = CreatePolicy(accounts, request, clock);

  ASSERT_TRUE(FailedWith(ErrorCode::kNotFound, no_source));
  EXPECT_THAT(no_source.error().message, HasSubstr("'source/missing'"));
  ASSERT_TRUE(FailedWith(ErrorCode::kNotFound, no_destination));
  EXPECT_THAT(no_destination.error().message, HasSubstr("'destination/missing'"));
}

TEST_F(PolicyStore, ContainersWouldFormAChainThenItIsRefused) {
  Create();
  auto third = MakeAccount("third", 16);
  accounts.Add(third);
  MakeContainer(*third, "photos");
  const PolicyRequest onward{
      .source_account = "destination",
      .destination_account = "third",
      .rules = {{.source_container = "replica", .destination_container = "photos"}}};
  const PolicyRequest into_source{
      .source_account = "third",
      .destination_account = "source",
      .rules = {{.source_container = "photos", .destination_container = "photos"}}};
  const PolicyRequest into_destination{
      .source_account = "third",
      .destination_account = "destination",
      .rules = {{.source_container = "photos", .destination_container = "replica"}}};

  EXPECT_CODE(kInvalid, CreatePolicy(accounts, onward, clock));
  EXPECT_CODE(kInvalid, CreatePolicy(accounts, into_source, clock));
  EXPECT_CODE(kInvalid, CreatePolicy(accounts, into_destination, clock));
}

TEST_F(PolicyStore, BothDirectionsBetweenOtherContainersThenBothAreAllowed) {
  Create();
  MakeContainer(*destination, "sound");
  MakeContainer(*source, "music");
  const PolicyRequest back{
      .source_account = "destination",
      .destination_account = "source",
      .rules = {{.source_container = "sound", .destination_container = "music"}}};

  EXPECT_OK(CreatePolicy(accounts, back, clock));
}

TEST_F(PolicyStore, CreationFailsAnywhereThenTheNextOneSucceedsAndLeavesNoOtherHalf) {
  for (const FaultKind kind : {FaultKind::kFailBefore, FaultKind::kFailAfter}) {
    for (FaultyAccount* account : {destination.get(), source.get()}) {
      account->script().Add({.call = StoreCall::kApply, .kind = kind});
      const auto created = CreatePolicy(accounts, Request(), clock);
      // An answer that is lost is made up for by looking.
      EXPECT_EQ(created.has_value(), kind == FaultKind::kFailAfter);
      const auto before = Must(ListPolicies(*source));
      if (before.empty()) {
        Create();
      } else {
        policy = before[0];
      }

      EXPECT_THAT(Must(ListPolicies(*source)), ElementsAre(policy));
      EXPECT_THAT(Must(ListPolicies(*destination)), ElementsAre(policy));
      EXPECT_EQ(OwnerOf(*destination, "replica"), policy.policy_id);
      ASSERT_OK(DeletePolicy(accounts, policy.policy_id));
    }
  }
}

TEST_F(PolicyStore, DeletionFailsHalfWayThenRepeatingItFinishes) {
  Create();
  destination->script().Add({.call = StoreCall::kApply});
  EXPECT_CODE(kUnavailable, DeletePolicy(accounts, policy.policy_id));

  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));

  EXPECT_THAT(Must(ListAllPolicies(accounts)), IsEmpty());
  EXPECT_EQ(OwnerOf(*destination, "replica"), "");
}

}  // namespace
}  // namespace replicafs
