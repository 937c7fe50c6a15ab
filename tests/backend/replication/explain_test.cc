// The check list of the document, item by item: the cause is named, and nothing else.
#include "backend/replication/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "backend/replication/link_rows.h"
#include "backend/replication/link_supervisor.h"
#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ExplainBlob : public ::testing::Test, public LinkFixture {
 protected:
  PolicyExplanation ExplainOne(const std::string& name) {
    auto all = Must(Explain(accounts, source, {"photos", name}, clock));
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? PolicyExplanation{} : std::move(all[0]);
  }
  static std::vector<std::string> Of(const PolicyExplanation& explanation, Finding finding) {
    std::vector<std::string> ids;
    for (const CheckOutcome& check : explanation.checks) {
      EXPECT_EQ(check.finding == Finding::kCause, !check.remedy.empty()) << check.id;
      if (check.finding == finding) ids.emplace_back(check.id);
    }
    return ids;
  }
  static std::vector<std::string> Causes(const PolicyExplanation& explanation) {
    return Of(explanation, Finding::kCause);
  }
  std::vector<std::string> CausesOf(const std::string& name) { return Causes(ExplainOne(name)); }
  void SetTier(Account& account, const BlobPath& blob, Tier tier) {
    ASSERT_OK(ApplyOne(account.store(), PatchBlob{.path = blob, .tier = tier}, 0));
  }
  // As a link records what the destination says.
  void RecordFailure(const std::string& name, VersionId version, const std::string& code) {
    const uint64_t sequence = Must(source->journal().Head());
    const Failure failure{.sequence = sequence,
                          .path = {"photos", name},
                          .version = version,
                          .code = code,
                          .reason = "it says no",
                          .attempts = 1};
    ASSERT_OK(ApplyOne(source->store(),
                       PutState{FailureKey(policy.policy_id, sequence), Encode(failure)}, 0));
  }
  // The destination's half alone is changed.
  void ForgetAtDestination() {
    ASSERT_OK(ApplyOne(destination->store(), RemoveState{PolicyKey(policy.policy_id)}, 0));
  }
  void DropReplicaContainer() {
    ASSERT_OK(ApplyOne(destination->store(), SetDestination{"replica", ""}, 0));
    ASSERT_OK(ApplyOne(destination->store(), DeleteContainer{"replica"}, 0));
  }
};

TEST_F(ExplainBlob, CopiedThenEveryItemIsFine) {
  Create();
  Write("a", "one");
  Write("a", "two");
  ASSERT_OK(CatchUp(*MakeLink()));

  const PolicyExplanation explanation = ExplainOne("a");

  EXPECT_EQ(explanation.status, BlobStatus::kComplete);
  ASSERT_THAT(explanation.versions, SizeIs(2));
  EXPECT_TRUE(explanation.versions[0].is_current);
  EXPECT_EQ(explanation.versions[1].status, BlobStatus::kComplete);
  EXPECT_THAT(Of(explanation, Finding::kOk), SizeIs(12));
}

TEST_F(ExplainBlob, PendingThenThatNobodyRunsTheLinkIsTheCauseUntilSomebodyDoes) {
  Create();
  Write("a", "x");
  const PolicyExplanation lonely = ExplainOne("a");
  EXPECT_EQ(lonely.status, BlobStatus::kPending);
  EXPECT_THAT(Causes(lonely), ElementsAre("linkRunning"));
  EXPECT_THAT(Of(lonely, Finding::kUnknown), ElementsAre("notImmutable"));

  const auto owner = Must(LinkOwnership::TryAcquire(*source, policy.policy_id));

  EXPECT_THAT(CausesOf("a"), IsEmpty());
}

TEST_F(ExplainBlob, LinkReportsAnErrorThenThatIsTheCause) {
  Create();
  Write("a", "x");
  const auto owner = Must(LinkOwnership::TryAcquire(*source, policy.policy_id));
  ASSERT_OK(ApplyOne(
      source->store(),
      PutState{ProgressKey(policy.policy_id), Encode(LinkProgress{.last_error = "no space"})}, 0));

  EXPECT_THAT(CausesOf("a"), ElementsAre("linkWithoutError"));
}

TEST_F(ExplainBlob, NoPolicyAtTheDestinationThenTheCause) {
  Create();
  Write("a", "x");
  const auto owner = Must(LinkOwnership::TryAcquire(*source, policy.policy_id));

  ForgetAtDestination();

  const PolicyExplanation explanation = ExplainOne("a");
  EXPECT_THAT(Causes(explanation), ElementsAre("policyAtDestination"));
  EXPECT_THAT(explanation.checks[0].remedy, HasSubstr(policy.policy_id));
}

TEST_F(ExplainBlob, DestinationAccountGoneThenTheCauseAndWhatItHidesIsUnknown) {
  Create();
  Write("a", "x");
  const auto owner = Must(LinkOwnership::TryAcquire(*source, policy.policy_id));

  accounts.Remove("destination");

  const PolicyExplanation explanation = ExplainOne("a");
  EXPECT_THAT(Causes(explanation), ElementsAre("destinationAccountExists"));
  EXPECT_THAT(Of(explanation, Finding::kUnknown),
              ElementsAre("policyAtDestination", "destinationContainerExists",
                          "destinationContainerNotBeingDeleted", "destinationContainerInPolicy",
                          "notArchived", "notImmutable"));
}

TEST_F(ExplainBlob, DestinationContainerDeletedThenTheCause) {
  Create();
  Write("a", "x");
  DropReplicaContainer();
  ASSERT_OK(CatchUp(*MakeLink()));

  const PolicyExplanation explanation = ExplainOne("a");

  EXPECT_EQ(explanation.status, BlobStatus::kFailed);
  EXPECT_THAT(Causes(explanation), ElementsAre("destinationContainerExists"));
}

TEST_F(ExplainBlob, DestinationContainerNoLongerInThePolicyThenTheCause) {
  Create();
  Write("a", "x");
  ASSERT_OK(ApplyOne(destination->store(), SetDestination{"replica", ""}, 0));
  ASSERT_OK(CatchUp(*MakeLink()));

  const PolicyExplanation explanation = ExplainOne("a");

  EXPECT_EQ(explanation.status, BlobStatus::kFailed);
  EXPECT_THAT(Causes(explanation), ElementsAre("destinationContainerInPolicy"));
}

TEST_F(ExplainBlob, SourceArchivedThenTheCause) {
  Create();
  Write("a", "x");
  SetTier(*source, {"photos", "a"}, Tier::kArchive);
  ASSERT_OK(CatchUp(*MakeLink()));

  const PolicyExplanation explanation = ExplainOne("a");

  EXPECT_THAT(Causes(explanation), ElementsAre("notArchived"));
  ASSERT_TRUE(explanation.failure.has_value());
  EXPECT_EQ(explanation.failure->code, "SourceBlobArchived");
}

TEST_F(ExplainBlob, ReplicaArchivedThenTheCauseOnlyOnceSomethingWaits) {
  Create();
  Write("a", "x");
  const auto link = MakeLink();
  ASSERT_OK(CatchUp(*link));
  SetTier(*destination, {"replica", "a"}, Tier::kArchive);
  EXPECT_THAT(CausesOf("a"), IsEmpty());
  Write("a", "y");
  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(CausesOf("a"), ElementsAre("notArchived"));
}

TEST_F(ExplainBlob, CodesThatADestinationRecordsThenTheirItemIsTheCause) {
  const std::vector<std::pair<std::string, std::string>> items = {
      {"DestinationImmutable", "notImmutable"},
      {"CustomerProvidedKey", "noCustomerProvidedKey"},
      {"SourceCorrupt", "nothingElse"},
      {"DestinationNameTooLong", "nothingElse"}};
  Create();
  for (const auto& [code, item] : items) {
    const VersionId version = Write(code, "x");
    RecordFailure(code, version, code);
    EXPECT_THAT(CausesOf(code), ElementsAre(item)) << code;
  }
}

TEST_F(ExplainBlob, SupersededThenThatIsTheCause) {
  Create();
  Write("a", "one");
  SetTier(*source, {"photos", "a"}, Tier::kArchive);
  const auto link = MakeLink();
  ASSERT_OK(CatchUp(*link));
  Write("a", "two");
  ASSERT_OK(CatchUp(*link));

  const PolicyExplanation explanation = ExplainOne("a");

  EXPECT_TRUE(explanation.superseded);
  EXPECT_EQ(explanation.versions[0].status, BlobStatus::kComplete);
  EXPECT_EQ(explanation.versions[1].status, BlobStatus::kFailed);
  EXPECT_THAT(Causes(explanation), ElementsAre("nothingElse"));
}

TEST_F(ExplainBlob, NoRuleMatchesThenItSaysWhy) {
  MakeContainer(*source, "mail");
  Write("in/old", "x");
  clock.Advance(std::chrono::hours(1));
  Create(ExistingBlobs::kLeave, {"in/", "also/"});
  Write("out", "x");
  ASSERT_OK(ApplyOne(source->store(), CommitBlob{.path = {"mail", "m"}, .content = "x"}, 0));

  EXPECT_THAT(ExplainOne("out").not_copied, HasSubstr("'in/', 'also/'"));
  EXPECT_THAT(ExplainOne("in/old").not_copied, HasSubstr("after the policy"));
  const auto mail = Must(Explain(accounts, source, {"mail", "m"}, clock));
  ASSERT_THAT(mail, SizeIs(1));
  EXPECT_THAT(mail[0].not_copied, HasSubstr("the policy copies 'photos'"));
  EXPECT_FALSE(mail[0].rule.has_value());
  for (const char* name : {"out", "in/old"}) EXPECT_THAT(ExplainOne(name).checks, IsEmpty());
}

TEST_F(ExplainBlob, NeverExistedThenNotFoundAndWithoutPoliciesNothingIsSaid) {
  Write("a", "x");
  EXPECT_THAT(Must(Explain(accounts, source, {"photos", "a"}, clock)), IsEmpty());

  EXPECT_EQ(Explain(accounts, source, {"photos", "b"}, clock).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace replicafs
