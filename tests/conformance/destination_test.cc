#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

ReplicaOrigin OriginOf(const std::string& policy_id) {
  return {.policy_id = policy_id,
          .rule_id = "rule",
          .account = "source",
          .path = {"source-container", "a"},
          .version = VersionId{42}};
}

REPLICAFS_CONFORMANCE_SUITE(Destination);

TEST_P(Destination, SetAndClearedThenContainerSaysSo) {
  Must(Apply(SetDestination{"photos", "policy"}));
  EXPECT_EQ(Must(store().GetContainer("photos")).destination_policy_id, "policy");
  EXPECT_EQ(Events().back().kind, EventKind::kDestinationChanged);

  Must(Apply(SetDestination{"photos", ""}));
  EXPECT_EQ(Must(store().GetContainer("photos")).destination_policy_id, "");
  EXPECT_EQ(Events().back().kind, EventKind::kDestinationChanged);
}

TEST_P(Destination, OfAnotherPolicyThenBusy) {
  Must(Apply(SetDestination{"photos", "policy"}));

  EXPECT_CODE(kBusy, Apply(SetDestination{"photos", "other"}));
  EXPECT_EQ(Must(store().GetContainer("photos")).destination_policy_id, "policy");
}

TEST_P(Destination, OrdinaryWritesThenRefused) {
  Put("d/a", "1");
  Must(Apply(SetDestination{"photos", "policy"}));

  EXPECT_CODE(kDestination, Apply(CommitBlob{.path = Photo("new"), .content = "1"}));
  EXPECT_CODE(kDestination, Apply(CommitBlob{.path = Photo("d/a"), .content = "1"}));
  EXPECT_CODE(kDestination, Apply(PatchBlob{.path = Photo("d/a"), .metadata = StringMap{}}));
  EXPECT_CODE(kDestination, Apply(PatchBlob{.path = Photo("d/a"), .tags = StringMap{}}));
  EXPECT_CODE(
      kDestination,
      Apply(PatchBlob{.path = Photo("d/a"), .headers = ContentHeaders{}, .tier = Tier::kCool}));
  EXPECT_CODE(kDestination, Apply(RenamePrefix{"photos", "d/", "e/"}));
  EXPECT_CODE(kDestination, Apply(ExchangePrefixes{"photos", "d/", "e/"}));
}

TEST_P(Destination, ReadsRemovalsAndTierThenAllowed) {
  const Outcome a = Put("a", "1");
  const Outcome b = Put("b", "1");
  Must(Apply(SetDestination{"photos", "policy"}));

  EXPECT_EQ(Text(Photo("a")), "1");
  EXPECT_OK(Apply(PatchBlob{.path = Photo("a"), .tier = Tier::kCool}));
  EXPECT_OK(Apply(RemoveBlob{Photo("a")}));
  EXPECT_OK(Apply(RemoveVersion{Photo("a"), a.version}));
  EXPECT_OK(Apply(RemoveVersion{Photo("b"), b.version}));
}

TEST_P(Destination, LinkOfThePolicyThenWritesReplicas) {
  Must(Apply(SetDestination{"photos", "policy"}));

  Must(Apply(CommitBlob{.path = Photo("a"), .content = "1", .origin = OriginOf("policy")}));

  EXPECT_EQ(Stat(Photo("a")).origin, OriginOf("policy"));
  EXPECT_EQ(Events().back().policy_id, "policy");
  EXPECT_OK(Apply(PatchBlob{
      .path = Photo("a"), .metadata = StringMap{{"k", "v"}}, .origin_policy_id = "policy"}));
  EXPECT_EQ(Events().back().policy_id, "policy");
}

TEST_P(Destination, LinkOfAnotherPolicyThenRefused) {
  Must(Apply(SetDestination{"photos", "policy"}));

  EXPECT_CODE(kDestination,
              Apply(CommitBlob{.path = Photo("a"), .content = "1", .origin = OriginOf("other")}));
}

TEST_P(Destination, PolicyIsGoneThenItsLinkIsRefused) {
  Put("a", "1");

  EXPECT_CODE(kPrecondition,
              Apply(CommitBlob{.path = Photo("b"), .content = "1", .origin = OriginOf("policy")}));
  EXPECT_CODE(
      kPrecondition,
      Apply(PatchBlob{.path = Photo("a"), .metadata = StringMap{}, .origin_policy_id = "policy"}));
}

TEST_P(Destination, PatchByALinkThenTheReplicaTellsTheTimeAtTheSource) {
  Must(Apply(SetDestination{"photos", "policy"}));
  Must(Apply(CommitBlob{.path = Photo("a"), .content = "1", .origin = OriginOf("policy")}));

  Must(Apply(PatchBlob{.path = Photo("a"),
                       .metadata = StringMap{},
                       .origin_policy_id = "policy",
                       .origin_modified = Timestamp{4711}}));

  EXPECT_EQ(Stat(Photo("a")).origin->modified, Timestamp{4711});
}

TEST_P(Destination, PatchOfAFormerReplicaThenItTellsTheTimeOfThatChange) {
  Must(Apply(SetDestination{"photos", "policy"}));
  Must(Apply(CommitBlob{.path = Photo("a"), .content = "1", .origin = OriginOf("policy")}));
  Must(Apply(SetDestination{"photos", ""}));

  Must(Apply(PatchBlob{.path = Photo("a"), .metadata = StringMap{{"k", "v"}}}));

  const BlobInfo info = Stat(Photo("a"));
  EXPECT_EQ(info.origin->modified, info.last_modified);
}

TEST_P(Destination, ClearedThenOrdinaryWritesWork) {
  Must(Apply(SetDestination{"photos", "policy"}));
  Must(Apply(CommitBlob{.path = Photo("a"), .content = "1", .origin = OriginOf("policy")}));
  Must(Apply(SetDestination{"photos", ""}));

  Put("a", "2");

  EXPECT_FALSE(Stat(Photo("a")).origin);
  EXPECT_TRUE(Versions("a")[1].origin);
  EXPECT_EQ(Events().back().policy_id, "");
}

TEST_P(Destination, SetInTheSameListThenHoldsFromThere) {
  std::vector<Mutation> mutations;
  mutations.push_back(CommitBlob{.path = Photo("a"), .content = "1"});
  mutations.push_back(SetDestination{"photos", "policy"});
  mutations.push_back(CommitBlob{.path = Photo("b"), .content = "1", .origin = OriginOf("policy")});

  EXPECT_OK(ApplyAll(std::move(mutations)));
}

}  // namespace
}  // namespace replicafs
