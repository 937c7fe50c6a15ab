// Policies in two steps: the destination's half gives the ids, the source's half takes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "backend/replication/policy_definition.h"
#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PolicyHalf : public ::testing::Test, public LinkFixture {
 protected:
  static Policy Definition() {
    return {.policy_id = std::string(kDefaultPolicyId),
            .source_account = "source",
            .destination_account = "destination",
            .rules = {{.source_container = "photos", .destination_container = "replica"}}};
  }
  Result<Policy> CreateAt(const std::string& account, Policy definition,
                          Limits limits = Limits::kAzure) {
    return CreateHalf(accounts, {account, std::move(definition), limits}, clock);
  }
  Result<Policy> UpdateAt(const std::string& account, Policy definition) {
    return UpdateHalf(accounts, {account, std::move(definition)});
  }
  // Both steps.
  void CreateBoth(Policy definition) {
    policy = Must(CreateAt("destination", std::move(definition)));
    policy = Must(CreateAt("source", policy));
  }
  // On both sides.
  void Update(const Policy& changed) {
    policy = Must(UpdateAt("destination", changed));
    policy = Must(UpdateAt("source", policy));
  }
  std::string OwnerOf(Account& account, const std::string& container) {
    return Must(account.store().GetContainer(container)).destination_policy_id;
  }
};

TEST_F(PolicyHalf, DestinationFirstThenIdsAreGivenAndItsContainersAreClosed) {
  const Policy half = Must(CreateAt("destination", Definition()));

  EXPECT_NE(half.policy_id, kDefaultPolicyId);
  EXPECT_NE(half.rules[0].rule_id, "");
  EXPECT_EQ(half.enabled_time, Timestamp{});
  EXPECT_EQ(OwnerOf(*destination, "replica"), half.policy_id);
  EXPECT_THAT(Must(ListPolicies(*source)), IsEmpty());
}

TEST_F(PolicyHalf, BothStepsThenTheLinkCopiesWhatComesAfterThem) {
  Write("before", "x");
  CreateBoth(Definition());
  Write("after", "y");

  ASSERT_OK(CatchUp(*MakeLink()));

  EXPECT_NE(policy.enabled_time, Timestamp{});
  EXPECT_FALSE(ReplicaExists("before"));
  EXPECT_TRUE(ReplicaExists("after"));
}

TEST_F(PolicyHalf, OneSideAloneThenNothingIsCopied) {
  policy = Must(CreateAt("destination", Definition()));
  Write("a", "x");

  EXPECT_EQ(Must(MakeLink()->Step({})), StepResult::kPolicyGone);
  EXPECT_TRUE(Must(IsHalf(accounts, policy)));
}

TEST_F(PolicyHalf, SourceWithoutIdsThenTheMessageSaysWhereTheyComeFrom) {
  const auto no_policy_id = CreateAt("source", Definition());
  Policy definition = Definition();
  definition.policy_id = NewGuid();
  const auto no_rule_id = CreateAt("source", definition);

  ASSERT_TRUE(FailedWith(ErrorCode::kInvalid, no_policy_id));
  EXPECT_THAT(no_policy_id.error().message, HasSubstr("destination account 'destination' first"));
  ASSERT_TRUE(FailedWith(ErrorCode::kInvalid, no_rule_id));
  EXPECT_THAT(no_rule_id.error().message, HasSubstr("has no ruleId"));
}

TEST_F(PolicyHalf, DestinationWithIdsThenRefused) {
  Policy definition = Definition();
  definition.policy_id = "2a20bb73-5717-4635-985a-5d4cf777438f";
  const auto policy_id = CreateAt("destination", definition);
  definition = Definition();
  definition.rules[0].rule_id = "6b4d2fad-0000-4000-8000-000000000001";
  const auto rule_id = CreateAt("destination", definition);

  ASSERT_TRUE(FailedWith(ErrorCode::kInvalid, policy_id));
  EXPECT_THAT(policy_id.error().message, HasSubstr("not allowed for property policyId"));
  ASSERT_TRUE(FailedWith(ErrorCode::kInvalid, rule_id));
  EXPECT_THAT(rule_id.error().message, HasSubstr("6b4d2fad"));
}

TEST_F(PolicyHalf, AccountOfNoSideThenRefused) {
  accounts.Add(MakeAccount("third", 16));

  EXPECT_CODE(kInvalid, CreateAt("third", Definition()));
}

TEST_F(PolicyHalf, ThirdDestinationOrThirdIncomingThenRefusedUnlessTheLimitsAreExtended) {
  for (int i = 0; i < 3; ++i) {
    const std::string number = std::to_string(i);
    auto other = MakeAccount("other" + number, 16);
    accounts.Add(other);
    MakeContainer(*other, "box");
    MakeContainer(*destination, "from" + number);
    // From the source to three accounts, and from three accounts to the destination.
    Policy out = Definition();
    out.policy_id = NewGuid();
    out.destination_account = "other" + number;
    out.rules = {
        {.rule_id = NewGuid(), .source_container = "photos", .destination_container = "box"}};
    Policy in = Definition();
    in.source_account = "other" + number;
    in.rules = {{.source_container = "box", .destination_container = "from" + number}};
    if (i < 2) {
      ASSERT_OK(CreateAt("source", out));
      ASSERT_OK(CreateAt("destination", in));
      continue;
    }
    const auto third_out = CreateAt("source", out);
    const auto third_in = CreateAt("destination", in);

    ASSERT_TRUE(FailedWith(ErrorCode::kInvalid, third_out));
    EXPECT_THAT(third_out.error().message, HasSubstr("2 destination accounts"));
    ASSERT_TRUE(FailedWith(ErrorCode::kInvalid, third_in));
    EXPECT_THAT(third_in.error().message, HasSubstr("destination of 2 policies"));
    EXPECT_OK(CreateAt("source", out, Limits::kExtended));
    EXPECT_OK(CreateAt("destination", in, Limits::kExtended));
  }
}

TEST_F(PolicyHalf, RulesDifferThenThatRuleIsNotCopiedAndTheOthersAre) {
  MakeContainer(*source, "music");
  MakeContainer(*destination, "sound");
  Policy definition = Definition();
  definition.rules.push_back({.source_container = "music", .destination_container = "sound"});
  policy = Must(CreateAt("destination", definition));
  Policy other = policy;
  other.rules[1].prefixes = {"only/"};
  policy = Must(CreateAt("source", other));
  Write("a", "x");
  ASSERT_OK(ApplyOne(source->store(), CommitBlob{.path = {"music", "only/b"}, .content = "y"}, 0));

  ASSERT_OK(CatchUp(*MakeLink()));

  EXPECT_TRUE(ReplicaExists("a"));
  EXPECT_CODE(kNotFound, destination->store().Stat({"sound", "only/b"}));
  EXPECT_THAT(Must(DifferencesOf(accounts, policy)), ElementsAre(HasSubstr("other filters")));
}

TEST_F(PolicyHalf, RulesAgreeAgainThenWhatWasMissedArrives) {
  policy = Must(CreateAt("destination", Definition()));
  Policy other = policy;
  other.rules[0].prefixes = {"only/"};
  const Policy at_source = Must(CreateAt("source", other));
  auto link = MakeLink();
  Write("only/a", "x");
  ASSERT_OK(CatchUp(*link));
  EXPECT_FALSE(ReplicaExists("only/a"));

  ASSERT_OK(UpdateAt("destination", at_source));
  ASSERT_OK(CatchUp(*link));

  EXPECT_TRUE(ReplicaExists("only/a"));
}

TEST_F(PolicyHalf, PrefixAddedThenItsBlobsArriveAndNothingIsSentAgain) {
  Policy definition = Definition();
  definition.rules[0].prefixes = {"a/"};
  definition.rules[0].min_creation_time = kEverything;
  CreateBoth(definition);
  Write("a/1", std::string(100, 'a'));
  Write("b/1", std::string(100, 'b'));
  auto link = MakeLink();
  ASSERT_OK(CatchUp(*link));
  EXPECT_FALSE(ReplicaExists("b/1"));
  const uint64_t sent = Must(ReadProgress(source->store(), policy.policy_id)).sent_bytes;

  Policy changed = policy;
  changed.rules[0].prefixes = {"a/", "b/"};
  Update(changed);
  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("b/1"), ElementsAre("current " + std::string(100, 'b')));
  EXPECT_THAT(ReplicaHistory("a/1"), ElementsAre("current " + std::string(100, 'a')));
  // Its blocks are equal, but the last.
  EXPECT_EQ(Must(ReadProgress(source->store(), policy.policy_id)).sent_bytes,
            sent + kBlockBytes + 100 % kBlockBytes);
}

TEST_F(PolicyHalf, RuleAddedAndAnotherRemovedThenOneContainerClosesAndTheOtherOpens) {
  MakeContainer(*source, "music");
  MakeContainer(*destination, "sound");
  CreateBoth(Definition());
  Policy changed = policy;
  changed.rules = {{.source_container = "music", .destination_container = "sound"}};

  const Policy at_destination = Must(UpdateAt("destination", changed));
  ASSERT_OK(UpdateAt("source", at_destination));

  EXPECT_EQ(OwnerOf(*destination, "replica"), "");
  EXPECT_EQ(OwnerOf(*destination, "sound"), policy.policy_id);
  EXPECT_NE(at_destination.rules[0].rule_id, "");
}

TEST_F(PolicyHalf, CreatedBeforeTheMinimumThenNotCopiedAndExactlyThenCopied) {
  const auto created = [&](const std::string& name) {
    return Must(source->store().Stat({"photos", name})).created;
  };
  Write("old", "x");
  clock.Advance(std::chrono::hours(1));
  Write("limit", "y");
  Policy definition = Definition();
  definition.rules[0].min_creation_time = created("limit");
  CreateBoth(definition);
  Write("old", "of an old blob");
  Write("new", "z");

  ASSERT_OK(CatchUp(*MakeLink()));

  EXPECT_FALSE(ReplicaExists("old"));
  EXPECT_TRUE(ReplicaExists("limit"));
  EXPECT_TRUE(ReplicaExists("new"));
}

TEST_F(PolicyHalf, OneHalfDeletedThenTheOtherStaysAndNothingIsCopied) {
  CreateBoth(Definition());
  ASSERT_OK(DeleteHalf(accounts, "destination", policy.policy_id));
  Write("a", "x");

  EXPECT_EQ(Must(MakeLink()->Step({})), StepResult::kPolicyGone);
  EXPECT_EQ(OwnerOf(*destination, "replica"), "");
  EXPECT_THAT(Must(ListPolicies(*source)), ElementsAre(policy));
  EXPECT_CODE(kNotFound, DeleteHalf(accounts, "destination", policy.policy_id));
}

TEST_F(PolicyHalf, UnknownRuleOrOtherAccountsInAnUpdateThenRefused) {
  CreateBoth(Definition());
  Policy unknown = policy;
  unknown.rules[0].rule_id = NewGuid();
  Policy moved = policy;
  moved.source_account = "elsewhere";

  EXPECT_CODE(kNotFound, UpdateAt("destination", unknown));
  EXPECT_CODE(kInvalid, UpdateAt("destination", moved));
}

TEST_F(PolicyHalf, TagsReplicationThenTagsGoAlongAndElseTheyStay) {
  const auto tags_of_replica = [&] {
    return Must(destination->store().Stat({"replica", "a"})).properties.tags;
  };
  CreateBoth(Definition());
  ASSERT_OK(ApplyOne(
      source->store(),
      CommitBlob{.path = {"photos", "a"}, .content = "x", .properties = {.tags = {{"k", "v"}}}},
      0));
  auto link = MakeLink();
  ASSERT_OK(CatchUp(*link));
  EXPECT_THAT(tags_of_replica(), IsEmpty());

  Policy changed = policy;
  changed.tags_replication = true;
  Update(changed);
  ASSERT_OK(ApplyOne(source->store(),
                     PatchBlob{.path = {"photos", "a"}, .tags = StringMap{{"k", "w"}}}, 0));
  ASSERT_OK(CatchUp(*link));

  EXPECT_EQ(tags_of_replica(), (StringMap{{"k", "w"}}));
}

}  // namespace
}  // namespace replicafs
