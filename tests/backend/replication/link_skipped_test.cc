// Append and page blobs are passed over, and counted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "backend/replication/explain.h"
#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LinkSkipped : public ::testing::Test, public LinkFixture {
 protected:
  void PutAs(BlobKind kind, const std::string& name, const std::string& text) {
    ASSERT_OK(ApplyOne(
        source->inner().store(),
        CommitBlob{.path = {"photos", name}, .content = ContentFor(text), .kind = kind}, 0));
  }
  LinkStatus Status() {
    auto all = Must(ReadLinkStatus(*source, accounts, clock));
    EXPECT_THAT(all, SizeIs(1));
    return all.at(0);
  }
};

TEST_F(LinkSkipped, AppendAndPageBlobsThenTheyStayWhereTheyAre) {
  Create();
  const auto link = MakeLink();
  PutAs(BlobKind::kAppend, "log", "one");
  PutAs(BlobKind::kAppend, "log", "one two");
  PutAs(BlobKind::kPage, "disk", "");
  Write("a", "block");
  Patch("log", {{"k", "v"}});
  Remove("log");

  LinkStatus before = Status();
  ASSERT_OK(CatchUp(*link));
  LinkStatus after = Status();

  EXPECT_EQ(before.pending_operations, 1U);
  EXPECT_EQ(before.progress.versions_skipped, 3U);
  EXPECT_EQ(after.pending_operations, 0U);
  EXPECT_EQ(after.progress.versions_skipped, 3U);
  EXPECT_EQ(after.progress.versions_copied, 1U);
  EXPECT_THAT(Failures(), IsEmpty());
  EXPECT_EQ(Histories(destination->inner(), "replica").size(), 1U);
  EXPECT_EQ(StatusOf("disk"), BlobStatus::kNone);
}

TEST_F(LinkSkipped, BlockBlobThatComesAfterThenItIsCopied) {
  Create();
  const auto link = MakeLink();
  PutAs(BlobKind::kAppend, "a", "append");
  Remove("a");
  Write("a", "block");

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("current block"));
}

TEST_F(LinkSkipped, AppendBlobThatComesAfterABlockBlobThenTheReplicaEnds) {
  Create();
  const auto link = MakeLink();
  Write("a", "block");
  Remove("a");
  PutAs(BlobKind::kAppend, "a", "append");

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous block"));
}

TEST_F(LinkSkipped, OtherFiltersThenCountedAnewAndNoneTwice) {
  PutAs(BlobKind::kAppend, "old", "1");
  Create();
  PutAs(BlobKind::kAppend, "a", "1");
  PutAs(BlobKind::kAppend, "b", "1");
  Write("c", "block");
  {
    const auto link = MakeLink();
    ASSERT_OK(CatchUp(*link));
  }
  EXPECT_EQ(Status().progress.versions_skipped, 2U);

  policy.rules[0].prefixes = {"a", "c"};
  for (Account* account : {&source->inner(), &destination->inner()}) {
    Policy half = policy;
    ASSERT_OK(
        ApplyOne(account->store(), PutState{"policy/" + policy.policy_id, EncodePolicy(half)}, 0));
  }
  const uint64_t before_the_link = Status().progress.versions_skipped;
  const auto link = MakeLink();
  Write("c", "more");
  ASSERT_OK(CatchUp(*link));

  EXPECT_EQ(before_the_link, 1U);
  EXPECT_EQ(Status().progress.versions_skipped, 1U);
  EXPECT_EQ(Status().cursor, Must(source->journal().Head()));
}

TEST_F(LinkSkipped, AppendBlobAtTheDestinationThenItsNameFailsUntilItIsDeleted) {
  ASSERT_OK(ApplyOne(
      destination->inner().store(),
      CommitBlob{.path = {"replica", "a"}, .content = "own", .kind = BlobKind::kAppend}, 0));
  Create();
  const auto link = MakeLink();
  Write("a", "block");
  Write("b", "other");

  ASSERT_OK(CatchUp(*link));

  ASSERT_THAT(Failures(), SizeIs(1));
  EXPECT_EQ(Failures()[0].code, "DestinationInvalidBlobType");
  EXPECT_THAT(Failures()[0].reason, HasSubstr("delete it first"));
  EXPECT_TRUE(ReplicaExists("b"));
  ASSERT_OK(ApplyOne(destination->inner().store(), RemoveBlob{{"replica", "a"}}, 0));
  ASSERT_OK(link->RetryFailures({}));
  EXPECT_THAT(Failures(), IsEmpty());
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous own", "current block"));
}

TEST_F(LinkSkipped, SnapshotThenTheVersionThatComesWithItIsCopiedAlone) {
  Create();
  const auto link = MakeLink();
  Write("a", "one");
  Must(ApplyOne(source->inner().store(), CreateSnapshot{.path = {"photos", "a"}}, 0));

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("previous one", "current one"));
  EXPECT_THAT(Must(destination->inner().store().ListSnapshots({"replica", "a"})), IsEmpty());
  EXPECT_EQ(Status().progress.versions_skipped, 0U);
  EXPECT_EQ(Status().pending_operations, 0U);
}

TEST_F(LinkSkipped, ExplainedThenItSaysSo) {
  Create();
  PutAs(BlobKind::kPage, "disk", "");

  const auto explained = Must(Explain(accounts, source, {"photos", "disk"}, clock));

  ASSERT_THAT(explained, SizeIs(1));
  EXPECT_EQ(explained[0].status, BlobStatus::kNone);
  EXPECT_EQ(explained[0].not_copied,
            "it is a page blob, and only block blobs are replicated: it is skipped");
  EXPECT_EQ(explained[0].versions.at(0).reason, "a page blob, which is skipped");
  EXPECT_THAT(explained[0].checks, IsEmpty());
}

}  // namespace
}  // namespace replicafs
