// What an estimate counts, case by case, and that the link does the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "backend/replication/estimate_cost.h"
#include "tests/backend/replication/estimate_fixture.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::string Long(char letter, size_t blocks) {
  return std::string(blocks * LinkFixture::kBlockBytes, letter);
}

class EstimateTest : public ::testing::Test, public EstimateFixture {
 protected:
  // Estimates, lets it happen, and compares.
  Estimate Check(const PolicyRequest& request) {
    Estimate estimate = EstimateOf(request);
    Enable(request);
    ExpectItCameTrue(estimate);
    return estimate;
  }
  Estimate Check() { return Check(ExistingRequest()); }
};

TEST_F(EstimateTest, VersionsThenBlobsVersionsAndBytesAreCounted) {
  Write("a", "one");
  Write("a", "three");
  Write("b", "");

  const Estimate estimate = Check();

  EXPECT_EQ(estimate.blobs, 2U);
  EXPECT_EQ(estimate.versions, 3U);
  EXPECT_EQ(estimate.bytes, 8U);
  EXPECT_EQ(estimate.sent_bytes, 8U);
  EXPECT_EQ(estimate.events, 3U);
  EXPECT_TRUE(estimate.policy.policy_id.empty());
}

TEST_F(EstimateTest, EqualBlocksThenTheyAreSentOnce) {
  Write("a", Long('x', 1) + Long('y', 1));
  Write("b", Long('x', 3));
  Write("c", Long('y', 1));

  const Estimate estimate = Check();

  EXPECT_EQ(estimate.bytes, 6 * kBlockBytes);
  EXPECT_EQ(estimate.sent_bytes, 2 * kBlockBytes);
}

TEST_F(EstimateTest, BlocksOfManyWindowsThenTheyAreSentOnce) {
  for (int i = 0; i < 1200; ++i) Write("blob" + std::to_string(i), Long('x', 1));

  const Estimate estimate = Check();

  EXPECT_EQ(estimate.versions, 1200U);
  EXPECT_EQ(estimate.sent_bytes, kBlockBytes);
}

TEST_F(EstimateTest, BlocksThatTheDestinationHasThenTheyAreNotSent) {
  Write("a", Long('x', 2));
  AtDestination(CreateContainer{"other"});
  ASSERT_OK(destination->inner().store().StageBlock(Sha256(AsBytes(Long('x', 1))),
                                                    AsBytes(Long('x', 1))));

  const Estimate estimate = Check();

  EXPECT_EQ(estimate.bytes, 2 * kBlockBytes);
  EXPECT_EQ(estimate.sent_bytes, 0U);
  EXPECT_EQ(estimate.read_versions, 0U);
}

TEST_F(EstimateTest, ReplicasOfAnEarlierPolicyThenTheyAreThereAlready) {
  Write("a", "one");
  Write("a", "two");
  Enable(ExistingRequest());
  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));
  Write("a", "three");

  const Estimate estimate = Check();

  EXPECT_EQ(estimate.there_versions, 2U);
  EXPECT_EQ(estimate.there_bytes, 6U);
  EXPECT_EQ(estimate.versions, 1U);
}

TEST_F(EstimateTest, OnlyNewThenNothingIsCopiedOfWhatIsThere) {
  Write("a", "one");

  const Estimate estimate = Check(Request());

  EXPECT_EQ(estimate.versions, 0U);
  EXPECT_EQ(estimate.recent.operations, 1U);
  EXPECT_EQ(estimate.recent.bytes, 3U);
}

TEST_F(EstimateTest, MinimumCreationTimeThenOlderBlobsDoNotCount) {
  clock.Advance(std::chrono::hours(1));
  Write("old", "one");
  clock.Advance(std::chrono::hours(1));
  const Timestamp moment = clock.Now();
  Write("new", "three");
  Write("old", "again");
  PolicyRequest request = Request();
  request.rules[0].min_creation_time = moment;

  const Estimate estimate = Check(request);

  EXPECT_EQ(estimate.blobs, 1U);
  EXPECT_EQ(estimate.bytes, 5U);
}

TEST_F(EstimateTest, PrefixesThenOtherNamesDoNotCount) {
  Write("in/a", "one");
  Write("out/b", "three");

  EXPECT_EQ(Check(ExistingRequest({"in/"})).versions, 1U);
}

TEST_F(EstimateTest, RemovedBlobsThenTheirVersionsAndRemovalsCount) {
  Write("a", "one");
  Remove("a");
  Write("a", "two");
  Remove("a");

  const Estimate estimate = Check();

  EXPECT_EQ(estimate.versions, 2U);
  EXPECT_EQ(estimate.removals, 2U);
  ExpectEqualHistories();
}

TEST_F(EstimateTest, RenameThenItsContentIsNotSentAgain) {
  Write("a", "inline");
  Rename("a", "b");

  const Estimate estimate = Check();

  EXPECT_EQ(estimate.versions, 2U);
  EXPECT_EQ(estimate.bytes, 12U);
  EXPECT_EQ(estimate.sent_bytes, 6U);
}

TEST_F(EstimateTest, RenameOfABlobOfAnEarlierWindowThenItsContentIsNotSentAgain) {
  Write("a", "inline");
  for (int i = 0; i < 1200; ++i) Write("filler" + std::to_string(i), "x");
  Rename("a", "b");
  for (int i = 0; i < 1200; ++i) Write("filler" + std::to_string(i), "x");
  Remove("b");

  const Estimate estimate = Check();

  EXPECT_EQ(estimate.removals, 2U);
}

TEST_F(EstimateTest, PropertiesOfReplicasThatAreThereThenOneChangeEach) {
  Write("a", "one");
  Enable(ExistingRequest());
  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));
  Patch("a", {{"k", "1"}});
  for (int i = 0; i < 1200; ++i) Write("filler" + std::to_string(i), "x");
  Patch("a", {{"k", "2"}});
  Patch("filler7", {{"k", "3"}});

  EXPECT_EQ(Check().property_changes, 1U);
}

TEST_F(EstimateTest, ArchivedSourceThenItFailsWithTheLinksCode) {
  Write("a", "one");
  Write("b", "two");
  AtSource(PatchBlob{.path = {"photos", "a"}, .tier = Tier::kArchive});

  const Estimate estimate = Check();

  ASSERT_THAT(estimate.failures, SizeIs(1));
  EXPECT_EQ(estimate.failures[0].code, "SourceBlobArchived");
  EXPECT_EQ(estimate.failures[0].reason, Failures()[0].reason);
  EXPECT_EQ(estimate.failures[0].bytes, 3U);
  EXPECT_THAT(estimate.failures[0].examples, ElementsAre("photos/a"));
  EXPECT_EQ(estimate.versions, 1U);
}

TEST_F(EstimateTest, ABlockOfAnArchivedVersionAndOfAnotherThenTheOtherIsCopied) {
  Write("a", Long('x', 1));
  Write("b", Long('x', 2));
  Write("c", "inline");
  AtSource(PatchBlob{.path = {"photos", "a"}, .tier = Tier::kArchive});

  const Estimate estimate = Check();

  EXPECT_EQ(estimate.versions, 2U);
  EXPECT_EQ(estimate.sent_bytes, kBlockBytes + 6);
}

TEST_F(EstimateTest, ArchivedSourceWhoseBlocksTheDestinationHasThenItFails) {
  Write("before", Long('x', 1));
  Enable(ExistingRequest());
  Write("archived", Long('x', 1));
  AtSource(PatchBlob{.path = {"photos", "archived"}, .tier = Tier::kArchive});

  const Estimate estimate = EstimateRestOf(policy.policy_id);

  EXPECT_THAT(FailuresIn(estimate), ElementsAre(Pair("SourceBlobArchived", 1)));
  ASSERT_OK(CatchUp(*MakeLink()));
  ExpectItCameTrue(estimate);
}

TEST_F(EstimateTest, ArchivedAndHeldReplicasThenTheirChangesFail) {
  Write("archived", "one");
  Write("held", "one");
  Write("removed", "one");
  Enable(ExistingRequest());
  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));
  AtDestination(PatchBlob{.path = {"replica", "archived"}, .tier = Tier::kArchive});
  AtDestination(SetLegalHold{{"replica", "held"}, {}, true});
  AtDestination(SetLegalHold{{"replica", "removed"}, {}, true});
  Write("archived", "two");
  Write("held", "two");
  Remove("removed");
  Write("removed", "two");

  const Estimate estimate = Check();

  EXPECT_THAT(FailuresIn(estimate), UnorderedElementsAre(Pair("DestinationBlobArchived", 1),
                                                         Pair("DestinationImmutable", 3)));
}

TEST_F(EstimateTest, FailedRemovalThatANewerVersionRenewsThenItIsForgotten) {
  Write("a", "one");
  Enable(ExistingRequest());
  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));
  AtDestination(SetLegalHold{{"replica", "a"}, {}, true});
  Remove("a");
  for (int i = 0; i < 1200; ++i) Write("filler" + std::to_string(i), "x");
  const VersionId gone = Write("a", "two");
  Write("a", "three", gone);

  EXPECT_THAT(FailuresIn(Check()), ElementsAre(Pair("DestinationImmutable", 1)));
}

TEST_F(EstimateTest, ImmutableContainerThenOnlyFirstVersionsArrive) {
  AtDestination(SetContainerImmutability{"replica", ContainerImmutabilityPolicy{10}});
  Write("a", "one");
  for (int i = 0; i < 600; ++i) Write("blob" + std::to_string(i), "x");
  Write("a", "two");
  Remove("blob1");

  const Estimate estimate = Check();

  EXPECT_THAT(FailuresIn(estimate), ElementsAre(Pair("DestinationImmutable", 2)));
}

TEST(EstimateNames, TooLongForTheDestinationThenTheyFail) {
  class Case : public EstimateFixture {
   public:
    Case() : EstimateFixture(Options{.destination_names = {.max_chars = 5}}) {}
  } fixture;
  fixture.Write("short", "one");
  fixture.Write("much-longer", "two");
  const Estimate estimate = fixture.EstimateOf(fixture.ExistingRequest());
  fixture.Enable(fixture.ExistingRequest());
  fixture.ExpectItCameTrue(estimate);
  EXPECT_THAT(EstimateFixture::FailuresIn(estimate),
              ElementsAre(Pair("DestinationNameTooLong", 1)));
}

TEST_F(EstimateTest, PolicyThatCannotBeMadeThenTheSameError) {
  PolicyRequest request = ExistingRequest();
  request.rules[0].destination_container = "missing";

  const auto estimate = EstimatePolicy(accounts, request, clock, {});

  ASSERT_FALSE(estimate);
  EXPECT_EQ(estimate.error().message, CreatePolicy(accounts, request, clock).error().message);
}

TEST_F(EstimateTest, PolicyAtWorkThenWhatIsLeft) {
  Write("a", "one");
  Enable(ExistingRequest());
  Write("a", "three");
  Write("b", "four");
  AtSource(PatchBlob{.path = {"photos", "b"}, .tier = Tier::kArchive});

  const Estimate estimate = EstimateRestOf(policy.policy_id);
  EXPECT_EQ(estimate.versions, 1U);
  EXPECT_THAT(FailuresIn(estimate), ElementsAre(Pair("SourceBlobArchived", 1)));
  ASSERT_OK(CatchUp(*MakeLink()));

  ExpectItCameTrue(estimate);
  EXPECT_EQ(EstimateRestOf(policy.policy_id).versions, 0U);
}

TEST_F(EstimateTest, RecordedFailureWhoseCauseIsGoneThenItCounts) {
  Write("a", "one");
  AtSource(PatchBlob{.path = {"photos", "a"}, .tier = Tier::kArchive});
  Enable(ExistingRequest());
  ASSERT_THAT(Failures(), SizeIs(1));
  EXPECT_THAT(FailuresIn(EstimateRestOf(policy.policy_id)), SizeIs(1));
  AtSource(PatchBlob{.path = {"photos", "a"}, .tier = Tier::kHot});

  const Estimate estimate = EstimateRestOf(policy.policy_id);

  EXPECT_EQ(estimate.versions, 1U);
  EXPECT_THAT(estimate.failures, IsEmpty());
  ASSERT_OK(MakeLink()->RetryFailures({}));
  ExpectItCameTrue(estimate);
}

TEST_F(EstimateTest, NewRuleOfAPolicyAtWorkThenItsBlobsAreLeft) {
  MakeContainer(*source, "mail");
  MakeContainer(*destination, "mail-copy");
  Write("a", "one");
  AtSource(CommitBlob{.path = {"mail", "m"}, .content = std::string("seven b")});
  Enable(ExistingRequest());
  Policy wider = Must(GetHalf(accounts, "destination", policy.policy_id));
  wider.rules.push_back({.source_container = "mail",
                         .destination_container = "mail-copy",
                         .min_creation_time = kEverything});
  wider = Must(UpdateHalf(accounts, {"destination", wider}));
  Must(UpdateHalf(accounts, {"source", wider}));

  const Estimate estimate = EstimateRestOf(policy.policy_id);

  EXPECT_EQ(estimate.versions, 1U);
  EXPECT_EQ(estimate.bytes, 7U);
  // What the other rule has copied is not looked at again.
  EXPECT_EQ(estimate.there_versions, 0U);
}

TEST_F(EstimateTest, LaterChangesThenTheOutcomeSaysHowMany) {
  Write("a", "one");
  const Estimate estimate = EstimateOf(ExistingRequest());
  Enable(ExistingRequest());
  Write("a", "two");
  ASSERT_OK(CatchUp(*MakeLink()));

  const EstimateOutcome outcome = Must(ReadOutcome(accounts, estimate, {}));

  EXPECT_EQ(outcome.later_changes, 1U);
  EXPECT_EQ(outcome.copied_versions, 2U);
  EXPECT_EQ(outcome.replicas->versions, 1U);
}

TEST_F(EstimateTest, PolicyDeletedAndCreatedAgainThenTheOutcomeIsRefused) {
  Write("a", "one");
  Enable(ExistingRequest());
  const Estimate estimate = EstimateRestOf(policy.policy_id);
  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));
  policy = Must(CreatePolicy(accounts, ExistingRequest(), clock));

  const auto outcome = ReadOutcome(accounts, estimate, {});

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kPrecondition);
  EXPECT_THAT(outcome.error().message, HasSubstr(estimate.policy.policy_id));
  EXPECT_THAT(outcome.error().message, HasSubstr(policy.policy_id));
}

TEST_F(EstimateTest, CountersThatBeganAnewThenTheOutcomeIsRefused) {
  Write("a", "one");
  Enable(ExistingRequest());
  Estimate estimate = EstimateRestOf(policy.policy_id);
  ASSERT_GT(estimate.before.versions_copied, 0U);
  EXPECT_OK(ReadOutcome(accounts, estimate, {}));

  for (uint64_t LinkProgress::*counter :
       {&LinkProgress::versions_copied, &LinkProgress::logical_bytes, &LinkProgress::sent_bytes}) {
    Estimate ahead = estimate;
    ++(ahead.before.*counter);
    EXPECT_CODE(kPrecondition, ReadOutcome(accounts, ahead, {}));
  }
}

TEST_F(EstimateTest, OtherRulesThenTheOutcomeIsRefused) {
  Write("a", "one");
  const Estimate estimate = EstimateOf(ExistingRequest());
  EXPECT_CODE(kNotFound, ReadOutcome(accounts, estimate, {}));
  Enable(ExistingRequest({"a"}));
  EXPECT_CODE(kPrecondition, ReadOutcome(accounts, estimate, {}));
}

TEST(EstimateCost, TheDocumentsTableThenWholeVersionsAreBilled) {
  constexpr uint64_t kGib = uint64_t{1} << 30;
  Estimate estimate{.head = 50'000,
                    .events = 20'000,
                    .versions = 10'000,
                    .bytes = 4 * kGib,
                    .sent_bytes = kGib,
                    .read_versions = 5'000,
                    .recent = {.operations = 10'000, .bytes = 2 * kGib}};
  const PriceList prices{.change_feed_read_per_10000_records = 1,
                         .source_read_per_10000_operations = 2,
                         .destination_write_per_10000_operations = 3,
                         .egress_per_gib = 4,
                         .destination_storage_per_gib_month = 5};

  std::vector<std::string> lines;
  for (const CostItem& item : CostsOf(estimate, prices)) {
    const auto whole = [](double cost) { return std::to_string(static_cast<int>(cost + 0.5)); };
    lines.push_back(std::string(ToString(item.period)) + " " + std::string(item.id) + " " +
                    whole(item.billed_cost()) + " " +
                    (item.here_cost() ? whole(*item.here_cost()) : "-"));
  }

  EXPECT_THAT(
      lines,
      ElementsAre("once changeFeedReads 2 5", "once sourceReads 2 1", "once destinationWrites 3 3",
                  "once egress 16 4", "month destinationStorage 20 5",
                  "recentChanges changeFeedReads 1 -", "recentChanges sourceReads 2 -",
                  "recentChanges destinationWrites 3 -", "recentChanges egress 8 -"));
}

}  // namespace
}  // namespace replicafs
