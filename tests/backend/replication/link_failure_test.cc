// Blobs that cannot be copied, and what becomes of the others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "backend/blob/forwarding_store.h"
#include "backend/replication/link_rows.h"
#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LinkFailure : public ::testing::Test, public LinkFixture {
 protected:
  // Two versions of "a", the first of which cannot be read until the second has come.
  VersionId WriteBrokenThenWhole(Link& link) {
    source->script().Add({.call = StoreCall::kReadAt, .error = ErrorCode::kCorrupt});
    const VersionId broken = Write("a", "broken");
    EXPECT_OK(CatchUp(link));
    EXPECT_THAT(Failures(), SizeIs(1));
    Write("a", "whole");
    EXPECT_OK(CatchUp(link));
    return broken;
  }
};

class LinkToShorterNames : public ::testing::Test, public LinkFixture {
 protected:
  LinkToShorterNames()
      : LinkFixture({.source_names = {.max_chars = 100, .component_max_bytes = 50},
                     .destination_names = {.max_chars = 40, .component_max_bytes = 20}}) {}
};

TEST_F(LinkToShorterNames, NameTooLongForTheDestinationThenItIsRecordedAndOthersGoOn) {
  Create();
  auto link = MakeLink();
  const std::string deep(25, '/');
  Write(deep + deep, "whole");
  Write(std::string(21, 'x'), "component");
  Write("a", "other");
  Rename("a", std::string(21, 'y'));
  Write("b", "other");

  ASSERT_OK(CatchUp(*link));
  ASSERT_OK(link->RetryFailures({}));

  EXPECT_TRUE(ReplicaExists("b"));
  EXPECT_FALSE(ReplicaExists("a"));
  ASSERT_THAT(Failures(), SizeIs(3));
  for (const Failure& failure : Failures()) {
    EXPECT_EQ(failure.code, "DestinationNameTooLong");
    EXPECT_EQ(failure.attempts, 2U);
  }
  Remove(deep + deep);
  ASSERT_OK(CatchUp(*link));
  EXPECT_THAT(Failures(), SizeIs(2));
  EXPECT_EQ(Progress().watermark, Must(source->journal().Head()));
}

// As after a crash between the record of a failure and the step that passes it.
TEST_F(LinkFailure, FailureAboveTheCursorThenRetryingDoesNotJumpAhead) {
  Create();
  Write("a", "one");
  const VersionId version = Write("a", "two");
  const uint64_t head = Must(source->journal().Head());
  const Failure failure{.sequence = head, .path = {"photos", "a"}, .version = version};
  ASSERT_OK(
      ApplyOne(source->store(), PutState{FailureKey(policy.policy_id, head), Encode(failure)}, 0));
  auto link = MakeLink();

  ASSERT_OK(link->RetryFailures({}));
  ASSERT_OK(CatchUp(*link));
  ASSERT_OK(link->RetryFailures({}));

  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous one", "current two"));
  EXPECT_THAT(Failures(), IsEmpty());
}

TEST_F(LinkFailure, RemovedAtTheSourceAfterItFailedThenRetryingDoesNotBringItBack) {
  Create();
  auto link = MakeLink();
  Write("a", "one");
  ASSERT_OK(CatchUp(*link));
  SetReplicaTier("a", Tier::kArchive);
  Write("a", "two");
  ASSERT_OK(CatchUp(*link));
  Remove("a");
  ASSERT_OK(CatchUp(*link));

  ASSERT_OK(link->RetryFailures({}));

  EXPECT_FALSE(ReplicaExists("a"));
  EXPECT_THAT(Failures(), IsEmpty());
}

TEST_F(LinkFailure, LaterVersionArrivesThenTheOlderFailureIsGivenUp) {
  Create();
  auto link = MakeLink();

  const VersionId broken = WriteBrokenThenWhole(*link);

  EXPECT_THAT(Failures(), IsEmpty());
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("current whole"));
  EXPECT_EQ(Superseded().at(0).code, "SourceCorrupt");
  EXPECT_EQ(StatusOf("a"), BlobStatus::kComplete);
  EXPECT_EQ(StatusOf("a", broken), BlobStatus::kFailed);
}

TEST_F(LinkFailure, FailedAndSupersededInOneWindowThenTheVersionReadsFailed) {
  Create();
  source->script().Add({.call = StoreCall::kReadAt, .error = ErrorCode::kCorrupt});
  const VersionId broken = Write("a", "broken");
  Write("a", "whole");
  auto link = MakeLink({.staging_threads = 1});

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(Failures(), IsEmpty());
  EXPECT_EQ(StatusOf("a", broken), BlobStatus::kFailed);
  EXPECT_EQ(StatusOf("a"), BlobStatus::kComplete);
}

TEST_F(LinkFailure, SupersededVersionLeavesTheSourceThenItIsForgotten) {
  Create();
  auto link = MakeLink();
  const VersionId broken = WriteBrokenThenWhole(*link);
  ASSERT_THAT(Superseded(), SizeIs(1));

  ASSERT_OK(ApplyOne(source->store(), RemoveVersion{{"photos", "a"}, broken}, 0));
  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(Superseded(), IsEmpty());
}

TEST_F(LinkFailure, ReplacedVersionHadFailedThenNothingIsMissed) {
  Create();
  auto link = MakeLink();
  source->script().Add({.call = StoreCall::kReadAt, .error = ErrorCode::kCorrupt});
  const VersionId broken = Write("a", "broken");
  ASSERT_OK(CatchUp(*link));
  Write("a", "whole", broken);

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(Superseded(), IsEmpty());
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("current whole"));
}

TEST_F(LinkFailure, StepRepeatedWithoutTheFaultThenTheVersionIsNotMissedAnyMore) {
  Create();
  source->script().Add({.call = StoreCall::kReadAt, .error = ErrorCode::kCorrupt});
  destination->script().Add({.call = StoreCall::kApply, .error = ErrorCode::kIo});
  const VersionId first = Write("a", "one");
  Write("a", "two");
  auto link = MakeLink({.staging_threads = 1});
  EXPECT_CODE(kIo, link->Step({}));
  ASSERT_THAT(Superseded(), SizeIs(1));

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(Superseded(), IsEmpty());
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous one", "current two"));
  EXPECT_EQ(StatusOf("a", first), BlobStatus::kComplete);
}

TEST_F(LinkFailure, PolicyDeletedThenNothingOfItsFailuresStays) {
  Create();
  auto link = MakeLink();
  WriteBrokenThenWhole(*link);

  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));

  EXPECT_THAT(Must(source->store().ListState("link/")), IsEmpty());
}

TEST_F(LinkFailure, SourceGivesLessThanItsSizeThenTheBlobIsCorruptAndOthersGoOn) {
  Create();
  source->script().Add({.call = StoreCall::kReadAt, .kind = FaultKind::kShort});
  Write("a", std::string(100, 'x'));
  Write("b", "fine");
  auto link = MakeLink({.staging_threads = 1});

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(Failures(), SizeIs(1));
  EXPECT_EQ(Failures().at(0).code, "SourceCorrupt");
}

TEST_F(LinkFailure, BlockOfAnUnreadableVersionThenTheNextOneThatHasItIsRead) {
  const std::string block(kBlockBytes, 'x');
  Create(ExistingBlobs::kCopy);
  Write("a", block);
  Write("b", block + block);
  Write("c", "inline");
  source->script().Add({.call = StoreCall::kReadAt, .error = ErrorCode::kCorrupt});

  ASSERT_OK(CatchUp(*MakeLink({.staging_threads = 1})));

  ASSERT_THAT(Failures(), SizeIs(1));
  EXPECT_EQ(Failures()[0].path.name, "a");
  EXPECT_EQ(ReplicaHistory("b").size(), 1U);
  // In one go: a refused step would send what is inline again.
  EXPECT_EQ(Progress().sent_bytes, kBlockBytes + 6);
}

// A destination that refuses blobs whose names hold "poison", like one with an immutability policy.
class PoisonStore final : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  Result<std::vector<Outcome>> Apply(std::vector<Mutation> mutations, uint64_t writer) override {
    for (const Mutation& mutation : mutations) {
      const auto* commit = std::get_if<CommitBlob>(&mutation);
      if (refuses && commit != nullptr && commit->path.name.find("poison") != std::string::npos)
        return Error{ErrorCode::kPermission, "'" + commit->path.name + "' is immutable"};
    }
    return ForwardingStore::Apply(std::move(mutations), writer);
  }

  bool refuses = true;
};

class PoisonAccount final : public Account {
 public:
  explicit PoisonAccount(Account& inner) : inner_(inner), store_(inner.store()) {}
  const std::string& name() const override { return inner_.name(); }
  BlobStore& store() override { return store_; }
  Journal& journal() override { return inner_.journal(); }
  const std::string& local_directory() const override { return inner_.local_directory(); }
  void Heal() { store_.refuses = false; }

 private:
  Account& inner_;
  PoisonStore store_;
};

class LinkPoison : public LinkFailure {
 protected:
  std::unique_ptr<Link> PoisonLink() {
    return std::make_unique<Link>(source, poisoned_, policy.policy_id, clock);
  }
  std::shared_ptr<PoisonAccount> poisoned_ = std::make_shared<PoisonAccount>(*destination);
};

TEST_F(LinkPoison, DestinationRefusesOneBlobThenAllOthersArrive) {
  Create();
  for (int i = 0; i < 100; ++i) Write(i == 37 ? "poison" : std::to_string(i), std::to_string(i));
  auto link = PoisonLink();

  ASSERT_OK(CatchUp(*link));

  EXPECT_EQ(Histories(*destination, "replica").size(), 99U);
  ASSERT_THAT(Failures(), SizeIs(1));
  EXPECT_EQ(Failures()[0].code, "DestinationPermissionDenied");
}

TEST_F(LinkPoison, RefusedBlobIsHalfOfAGroupThenTheRestOfTheGroupArrives) {
  Create();
  auto link = PoisonLink();
  for (int i = 0; i < 10; ++i) Write("old/" + std::to_string(i), "content");
  ASSERT_OK(CatchUp(*link));
  ASSERT_OK(ApplyOne(source->store(), RenamePrefix{"photos", "old/", "poison/"}, 0));
  Write("after", "x");

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(Failures(), SizeIs(10));
  EXPECT_TRUE(ReplicaExists("after"));
  EXPECT_FALSE(ReplicaExists("old/3"));
}

TEST_F(LinkPoison, RefusalEndsThenANewLinkHealsIt) {
  Create();
  Write("poison", "x");
  Write("b", "y");
  ASSERT_OK(CatchUp(*PoisonLink()));
  poisoned_->Heal();

  ASSERT_OK(PoisonLink()->RetryFailures({}));

  EXPECT_THAT(Failures(), IsEmpty());
  ExpectEqualHistories();
}

TEST_F(LinkFailure, DestinationUnreachableThenNothingIsPassedOver) {
  Create();
  Write("a", "x");
  auto link = MakeLink();
  destination->script().Add({.call = StoreCall::kApply, .count = 5});
  for (int i = 0; i < 5; ++i) EXPECT_CODE(kUnavailable, link->Step({}));
  EXPECT_THAT(Failures(), IsEmpty());

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("current x"));
}

TEST_F(LinkFailure, DestinationRefusesEveryStepThenTheLinkFailsAndHealsLater) {
  Create();
  for (int i = 0; i < 5; ++i) Write(std::to_string(i), "x");
  destination->script().Add(
      {.call = StoreCall::kApply, .count = 1'000'000, .error = ErrorCode::kInvalid});
  auto link = MakeLink();

  EXPECT_CODE(kInvalid, CatchUp(*link));
  EXPECT_CODE(kInvalid, CatchUp(*link));
  destination->script().Clear();
  ASSERT_OK(CatchUp(*link));
  ASSERT_OK(link->RetryFailures({}));

  EXPECT_THAT(Failures(), IsEmpty());
  ExpectEqualHistories();
}

TEST_F(LinkFailure, NothingIsReachableThenTheErrorIsPublishedAndGoesWithSuccess) {
  Create();
  Write("a", "x");
  auto link = MakeLink();
  ASSERT_OK(CatchUp(*link));
  const uint64_t watermark = Progress().watermark;
  auto restarted = MakeLink();
  ASSERT_OK(restarted->PublishProgress("the destination is down"));
  EXPECT_EQ(Progress().last_error, "the destination is down");
  EXPECT_EQ(Progress().watermark, watermark);

  ASSERT_OK(CatchUp(*restarted));

  EXPECT_EQ(Progress().last_error, "");
}

TEST_F(LinkFailure, SourceReplacedByAnOlderStateThenTheLinkSaysSo) {
  Create();
  ASSERT_OK(ApplyOne(destination->store(),
                     PutState{"link/" + policy.policy_id + "/cursor",
                              R"({"sequence":99,"versionsCopied":0,"logicalBytes":0,)"
                              R"("sentBytes":0,"adoptUntil":0})"},
                     0));

  EXPECT_CODE(kStale, MakeLink()->Step({}));
}

TEST_F(LinkFailure, CursorLostThenTheLinkStartsAgainAndDoublesNothing) {
  Write("a", "one");
  Create(ExistingBlobs::kCopy);
  Write("a", "two");
  Write("gone", "x");
  Remove("gone");
  ASSERT_OK(CatchUp(*MakeLink()));
  ASSERT_OK(ApplyOne(destination->store(), RemoveState{"link/" + policy.policy_id + "/cursor"}, 0));

  ASSERT_OK(CatchUp(*MakeLink()));

  ExpectEqualHistories();
}

}  // namespace
}  // namespace replicafs
