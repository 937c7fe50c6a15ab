// What a link makes of the changes at its source.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LinkCopy : public ::testing::Test, public LinkFixture {};

TEST_F(LinkCopy, VersionsWrittenThenTheyArriveOneByOneInOrder) {
  Create();
  Write("a", "one");
  Write("a", "two");
  Write("a", std::string(100, 'x'));
  auto link = MakeLink();

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("a"),
              ElementsAre("previous one", "previous two", "current " + std::string(100, 'x')));
}

TEST_F(LinkCopy, ReplicaNamesItsOrigin) {
  Create();
  const VersionId version = Write("a", "one");
  auto link = MakeLink();

  ASSERT_OK(CatchUp(*link));

  const BlobInfo info = Must(destination->store().Stat({"replica", "a"}));
  EXPECT_EQ(info.origin, (ReplicaOrigin{.policy_id = policy.policy_id,
                                        .rule_id = policy.rules[0].rule_id,
                                        .account = "source",
                                        .path = {"photos", "a"},
                                        .version = version,
                                        .modified = info.origin->modified}));
  EXPECT_EQ(info.origin->modified, Must(source->store().Stat({"photos", "a"})).last_modified);
}

TEST_F(LinkCopy, BlobRemovedAndMadeAgainThenHistoriesAreEqual) {
  Create();
  auto link = MakeLink();
  Write("a", "one");
  Remove("a");
  ASSERT_OK(CatchUp(*link));
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous one"));
  Write("a", "two");

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous one", "current two"));
  ExpectEqualHistories();
}

TEST_F(LinkCopy, PropertiesChangedThenTheReplicaVersionIsChangedInPlace) {
  Create();
  auto link = MakeLink();
  const VersionId first = Write("a", "one");
  Write("a", "two");
  ASSERT_OK(CatchUp(*link));
  Patch("a", {{"key", "old version"}}, first);
  Patch("a", {{"key", "new version"}});

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("a"),
              ElementsAre("previous one key=old version", "current two key=new version"));
}

TEST_F(LinkCopy, PropertiesChangedInTheWindowOfTheWriteThenTheyArriveWithIt) {
  Create();
  Write("a", "one");
  Patch("a", {{"key", "value"}});
  auto link = MakeLink();

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("current one key=value"));
}

TEST_F(LinkCopy, VersionReplacedBeforeItWasCopiedThenOnlyTheLastOneArrives) {
  Create();
  Write("a", "before");
  const VersionId first = Write("a", "first");
  const VersionId second = Write("a", "second", first);
  Write("a", "third", second);
  auto link = MakeLink();

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous before", "current third"));
}

TEST_F(LinkCopy, VersionReplacedAfterItWasCopiedThenItsReplicaIsReplacedToo) {
  Create();
  auto link = MakeLink();
  const VersionId first = Write("a", "first");
  ASSERT_OK(CatchUp(*link));
  Write("a", "second", first);

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("current second"));
}

TEST_F(LinkCopy, VersionReplacedTwiceAfterItWasCopiedThenItsReplicaIsReplaced) {
  Create();
  auto link = MakeLink();
  const VersionId first = Write("a", "first");
  ASSERT_OK(CatchUp(*link));
  const VersionId second = Write("a", "second", first);
  Write("a", "third", second);

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("current third"));
}

TEST_F(LinkCopy, ChainOfReplacementsCutByAWindowThenNoStaleVersionStays) {
  Create();
  auto link = MakeLink({.window_events = 1});
  const VersionId first = Write("a", "first");
  ASSERT_OK(CatchUp(*link));
  const VersionId second = Write("a", "second", first);
  Write("a", "third", second);

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("current third"));
}

TEST_F(LinkCopy, BlobRenamedThenNothingIsSent) {
  Create();
  auto link = MakeLink();
  Write("small", "tiny");
  Write("large", std::string(100, 'x'));
  ASSERT_OK(CatchUp(*link));
  const uint64_t sent = Progress().sent_bytes;
  const uint64_t file_id = Must(destination->store().Stat({"replica", "small"})).file_id;
  Rename("small", "moved");
  Rename("large", "moved away");

  ASSERT_OK(CatchUp(*link));

  EXPECT_EQ(Progress().sent_bytes, sent);
  EXPECT_EQ(Must(destination->store().Stat({"replica", "moved"})).file_id, file_id);
  ExpectEqualHistories();
}

TEST_F(LinkCopy, BlobWrittenAndRenamedInOneWindowThenHistoriesAreEqual) {
  Create();
  Write("a", "tiny");
  Rename("a", "b");
  Rename("b", "c");
  Write("a", "again");
  Rename("a", "c");
  auto link = MakeLink();

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("c"), ElementsAre("previous tiny", "current again"));
  ExpectEqualHistories();
}

TEST_F(LinkCopy, DirectoryRenamedThenAllOfItMovesAtOnce) {
  Create();
  auto link = MakeLink({.window_events = 3});
  for (int i = 0; i < 20; ++i) Write("old/" + std::to_string(i), "content");
  ASSERT_OK(CatchUp(*link));
  const uint64_t sent = Progress().sent_bytes;
  ASSERT_OK(ApplyOne(source->store(), RenamePrefix{"photos", "old/", "new/"}, 0));
  const uint64_t applies = destination->script().Calls(StoreCall::kApply);

  ASSERT_OK(CatchUp(*link));

  EXPECT_EQ(destination->script().Calls(StoreCall::kApply), applies + 1);
  EXPECT_EQ(Progress().sent_bytes, sent);
  ExpectEqualHistories();
}

TEST_F(LinkCopy, DirectoriesAndFilesExchangedThenTheReplicasToo) {
  Create();
  auto link = MakeLink();
  for (const char* name : {"a/1", "a/both", "b/both", "b/sub/2", "f", "g"}) Write(name, name);
  Write("a/large", std::string(100, 'a'));
  Write("b/large", std::string(100, 'b'));
  ASSERT_OK(CatchUp(*link));
  std::vector<Mutation> exchange;
  exchange.push_back(ExchangePrefixes{"photos", "a/", "b/"});
  for (const auto& [to, from] : {std::pair("f", "g"), std::pair("g", "f")}) {
    const VersionId version = Must(source->inner().store().Stat({"photos", from})).version;
    exchange.push_back(
        CommitBlob{.path = {"photos", to}, .content = ContentOf{{"photos", from}, version}});
  }
  ASSERT_OK(source->inner().store().Apply(std::move(exchange), 0));

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(Failures(), IsEmpty());
  EXPECT_THAT(ReplicaHistory("a/both"), ElementsAre("previous a/both", "current b/both"));
  ExpectEqualHistories();
}

TEST_F(LinkCopy, RenamedIntoTheRulesScopeThenItArrivesAndOutOfItThenItGoes) {
  Create(ExistingBlobs::kLeave, {"in/"});
  auto link = MakeLink();
  Write("out/a", "a");
  Write("in/b", "b");
  ASSERT_OK(CatchUp(*link));
  EXPECT_FALSE(ReplicaExists("out/a"));
  Rename("out/a", "in/a");
  Rename("in/b", "out/b");

  ASSERT_OK(CatchUp(*link));

  EXPECT_TRUE(ReplicaExists("in/a"));
  EXPECT_FALSE(ReplicaExists("in/b"));
  EXPECT_FALSE(ReplicaExists("out/b"));
}

TEST_F(LinkCopy, ExistingBlobsLeftThenOnlyLaterChangesArrive) {
  Write("before", "old");
  Create(ExistingBlobs::kLeave);
  Write("after", "new");
  auto link = MakeLink();

  ASSERT_OK(CatchUp(*link));

  EXPECT_FALSE(ReplicaExists("before"));
  EXPECT_TRUE(ReplicaExists("after"));
}

TEST_F(LinkCopy, ExistingBlobsCopiedThenTheirHistoriesArrive) {
  Write("a", "one");
  Write("a", "two");
  Write("gone", "x");
  Remove("gone");
  Create(ExistingBlobs::kCopy);
  auto link = MakeLink();

  ASSERT_OK(CatchUp(*link));

  ExpectEqualHistories();
}

TEST_F(LinkCopy, ReplicaRemovedThenItStaysAwayUntilTheSourceChanges) {
  Create();
  auto link = MakeLink();
  Write("a", "one");
  ASSERT_OK(CatchUp(*link));
  ASSERT_OK(ApplyOne(destination->store(), RemoveBlob{.path = {"replica", "a"}}, 0));
  Write("b", "other");
  ASSERT_OK(CatchUp(*link));
  EXPECT_FALSE(ReplicaExists("a"));
  Write("a", "two");

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous one", "current two"));
}

TEST_F(LinkCopy, OneBlockChangedThenOnlyThatBlockIsSent) {
  Create();
  auto link = MakeLink();
  std::string content;
  for (char c = 'a'; c < 'k'; ++c) content += std::string(kBlockBytes, c);
  Write("a", content);
  ASSERT_OK(CatchUp(*link));
  EXPECT_EQ(Progress().sent_bytes, content.size());
  content[5 * kBlockBytes] = '!';
  Write("a", content);

  ASSERT_OK(CatchUp(*link));

  EXPECT_EQ(Progress().sent_bytes, content.size() + kBlockBytes);
  EXPECT_EQ(Progress().logical_bytes, 2 * content.size());
  EXPECT_EQ(Progress().versions_copied, 2U);
}

TEST_F(LinkCopy, SameContentUnderTwoNamesThenItIsSentOnce) {
  Create();
  Write("a", std::string(kBlockBytes, 'x'));
  Write("b", std::string(kBlockBytes, 'x'));
  auto link = MakeLink();

  ASSERT_OK(CatchUp(*link));

  EXPECT_EQ(Progress().sent_bytes, kBlockBytes);
  ExpectEqualHistories();
}

TEST(LinkConversion, DestinationTakesLessInlineThenContentBecomesBlocks) {
  LinkFixture pair({.source_inline_max_bytes = 1000, .destination_inline_max_bytes = 10});
  pair.Create();
  pair.Write("a", std::string(500, 'x'));
  auto link = pair.MakeLink();

  ASSERT_OK(LinkFixture::CatchUp(*link));

  EXPECT_TRUE(Must(pair.destination->store().Open({"replica", "a"}))->blocks().has_value());
  pair.ExpectEqualHistories();
}

TEST(LinkConversion, DestinationTakesMoreInlineThenBlocksBecomeBytes) {
  LinkFixture pair({.source_inline_max_bytes = 10, .destination_inline_max_bytes = 1000});
  pair.Create();
  pair.Write("a", std::string(500, 'x'));
  auto link = pair.MakeLink();

  ASSERT_OK(LinkFixture::CatchUp(*link));

  EXPECT_FALSE(Must(pair.destination->store().Open({"replica", "a"}))->blocks().has_value());
  pair.ExpectEqualHistories();
}

TEST_F(LinkCopy, TierAndVersionRemovalAtTheSourceThenTheReplicaKeepsWhatItHas) {
  Create();
  auto link = MakeLink();
  const VersionId first = Write("a", "one");
  Write("a", "two");
  ASSERT_OK(CatchUp(*link));
  ASSERT_OK(ApplyOne(source->store(), PatchBlob{.path = {"photos", "a"}, .tier = Tier::kCool}, 0));
  ASSERT_OK(ApplyOne(source->store(), RemoveVersion{{"photos", "a"}, first}, 0));

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous one", "current two"));
  EXPECT_EQ(Must(destination->store().Stat({"replica", "a"})).properties.tier, Tier::kHot);
}

TEST_F(LinkCopy, PolicyDeletedThenTheLinkIsOverAndRemovesNothing) {
  Create();
  auto link = MakeLink();
  Write("a", "one");
  ASSERT_OK(CatchUp(*link));
  Remove("a");
  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));

  EXPECT_EQ(Must(link->Step({})), StepResult::kPolicyGone);

  EXPECT_TRUE(ReplicaExists("a"));
}

TEST_F(LinkCopy, PolicyCreatedAgainThenReplicasAreAdoptedAndNothingIsSent) {
  Create(ExistingBlobs::kCopy);
  auto link = MakeLink();
  Write("a", "one");
  Write("a", "two");
  Write("gone", "x");
  Remove("gone");
  ASSERT_OK(CatchUp(*link));
  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));
  Write("a", "three");
  Create(ExistingBlobs::kCopy);
  link = MakeLink();

  ASSERT_OK(CatchUp(*link));

  EXPECT_EQ(Progress().versions_copied, 1U);
  EXPECT_THAT(Failures(), IsEmpty());
  ExpectEqualHistories();
}

TEST_F(LinkCopy, ReplicaRemovedBeforeThePolicyIsCreatedAgainThenItComesBack) {
  Create();
  auto link = MakeLink();
  Write("a", "one");
  ASSERT_OK(CatchUp(*link));
  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));
  ASSERT_OK(ApplyOne(destination->store(), RemoveBlob{.path = {"replica", "a"}}, 0));
  Create(ExistingBlobs::kCopy);
  link = MakeLink();

  ASSERT_OK(CatchUp(*link));

  EXPECT_TRUE(ReplicaExists("a"));
}

TEST_F(LinkCopy, OtherContainersChangeThenTheDestinationIsNotWritten) {
  Create();
  MakeContainer(*source, "other");
  auto link = MakeLink();
  ASSERT_OK(CatchUp(*link));
  const uint64_t changes = destination->journal().ChangeCount();
  for (int i = 0; i < 100; ++i) {
    ASSERT_OK(
        ApplyOne(source->store(),
                 CommitBlob{.path = {"other", std::to_string(i)}, .content = std::string("x")}, 0));
  }

  ASSERT_OK(CatchUp(*link));

  EXPECT_EQ(destination->journal().ChangeCount(), changes);
}

TEST_F(LinkCopy, CurrentVersionDeletedForGoodThenTheReplicaIsPrevious) {
  Create();
  auto link = MakeLink();
  Write("a", "one");
  const VersionId current = Write("a", "two");
  ASSERT_OK(CatchUp(*link));
  ASSERT_OK(ApplyOne(source->store(), RemoveVersion{{"photos", "a"}, current}, 0));

  ASSERT_OK(CatchUp(*link));

  EXPECT_FALSE(ReplicaExists("a"));
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous one", "previous two"));
}

TEST_F(LinkCopy, CurrentVersionDeletedBeforeItWasCopiedThenNothingIsCurrent) {
  Create();
  auto link = MakeLink();
  Write("a", "one");
  ASSERT_OK(CatchUp(*link));
  const VersionId current = Write("a", "two");
  ASSERT_OK(ApplyOne(source->store(), RemoveVersion{{"photos", "a"}, current}, 0));

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous one"));
}

}  // namespace
}  // namespace replicafs
