// Changes of policies that are there: both halves or neither, and nobody's change is lost.
#include "backend/replication/policy_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PolicyChanges : public ::testing::Test, public LinkFixture {
 protected:
  static PolicyChange AddRule(const std::string& from, const std::string& to) {
    return [from, to](Policy& half) -> Status {
      half.rules.push_back({.source_container = from, .destination_container = to});
      return Ok();
    };
  }
  Result<Policy> Change(const PolicyChange& change) {
    return ChangePolicy(accounts, {.policy_id = policy.policy_id, .change = change});
  }
  Policy At(const std::string& account) {
    return Must(GetHalf(accounts, account, policy.policy_id));
  }
  std::string OwnerOf(const std::string& container) {
    return Must(destination->store().GetContainer(container)).destination_policy_id;
  }
};

TEST_F(PolicyChanges, ManyAtOnceThenNoneIsLost) {
  constexpr int kChanges = 12;
  Create();
  for (int i = 0; i < kChanges; ++i) {
    MakeContainer(*source, "from" + std::to_string(i));
    MakeContainer(*destination, "into" + std::to_string(i));
  }

  std::vector<std::thread> threads;
  for (int i = 0; i < kChanges; ++i) {
    threads.emplace_back([this, i] {
      EXPECT_OK(Change(AddRule("from" + std::to_string(i), "into" + std::to_string(i))));
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_THAT(At("destination").rules, SizeIs(kChanges + 1));
  EXPECT_THAT(At("source").rules, SizeIs(kChanges + 1));
  std::vector<std::string> differences;
  Agreed(At("source"), At("destination"), &differences);
  EXPECT_THAT(differences, IsEmpty());
}

TEST_F(PolicyChanges, RefusedAtTheSourceThenTheDestinationIsAsBefore) {
  Create();
  MakeContainer(*destination, "into");

  EXPECT_CODE(kNotFound, Change(AddRule("missing", "into")));

  EXPECT_EQ(At("destination").rules, policy.rules);
  EXPECT_EQ(OwnerOf("into"), "");
  MakeContainer(*source, "missing");
  EXPECT_OK(Change(AddRule("missing", "into")));
}

TEST_F(PolicyChanges, SourceCannotBeWrittenThenTheDestinationIsPutBack) {
  Create();
  MakeContainer(*source, "from");
  MakeContainer(*destination, "into");
  source->script().Add({.call = StoreCall::kApply, .error = ErrorCode::kIo});

  EXPECT_CODE(kIo, Change(AddRule("from", "into")));

  EXPECT_EQ(At("destination").rules, policy.rules);
  EXPECT_EQ(OwnerOf("into"), "");
}

TEST_F(PolicyChanges, CreationThatTheSourceRefusesThenNoHalfStays) {
  source->script().Add({.call = StoreCall::kApply, .error = ErrorCode::kIo});

  EXPECT_CODE(kIo, CreatePolicy(accounts, Request(), clock));

  EXPECT_THAT(Must(ListPolicies(*destination)), IsEmpty());
  EXPECT_EQ(OwnerOf("replica"), "");
}

TEST_F(PolicyChanges, AnotherSourceContainerThenWhatItHoldsAlreadyIsLeft) {
  Create();
  MakeContainer(*source, "other");
  ASSERT_OK(ApplyOne(source->inner().store(),
                     CommitBlob{.path = {"other", "old"}, .content = std::string("x")}, 0));

  Must(Change([](Policy& half) -> Status {
    half.rules[0].source_container = "other";
    return Ok();
  }));
  ASSERT_OK(CatchUp(*MakeLink()));

  EXPECT_FALSE(ReplicaExists("old"));
}

TEST_F(PolicyChanges, IdThatIsNoGuidThenItIsRefused) {
  Policy half = Create();
  ASSERT_OK(DeleteHalf(accounts, "source", half.policy_id));
  for (const char* id : {"../../escaped", "5a3c1e9c", "5a3c1e9c-0000-4000-8000-00000000000g"}) {
    Policy named = half;
    named.policy_id = id;
    EXPECT_CODE(kInvalid, CreateHalf(accounts, {"source", named}, clock)) << id;
    named = half;
    named.rules[0].rule_id = id;
    EXPECT_CODE(kInvalid, CreateHalf(accounts, {"source", named}, clock)) << id;
  }
}

TEST_F(PolicyChanges, TwoRulesWithOneIdThenRefused) {
  Create();
  MakeContainer(*source, "from");
  MakeContainer(*destination, "into");

  const auto changed = Change([](Policy& half) -> Status {
    Rule copy = half.rules[0];
    copy.source_container = "from";
    copy.destination_container = "into";
    half.rules.push_back(copy);
    return Ok();
  });

  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(changed.error().message, HasSubstr(policy.rules[0].rule_id));
  EXPECT_EQ(OwnerOf("into"), "");
}

TEST_F(PolicyChanges, IdOfAnotherPairThenItIsRefusedAtTheSource) {
  Create();
  const auto third = MakeAccount("third", 8);
  accounts.Add(third);
  MakeContainer(*third, "photos");
  Policy stolen = policy;
  stolen.source_account = "third";

  const auto made = CreateHalf(accounts, {"third", stolen}, clock);

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kExists);
  EXPECT_THAT(made.error().message, HasSubstr("'source' to 'destination'"));
}

}  // namespace
}  // namespace replicafs
