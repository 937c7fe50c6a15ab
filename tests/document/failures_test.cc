// What makes replication of a blob fail, the check list, and how it heals.
#include <gmock/gmock.h>

#include "tests/document/story.h"

namespace replicafs::document {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const BlobPath kReplica{"photos2", "a"};

void ExpectFailure(Story& story, const std::string& code, const std::string& cause) {
  story.CatchUp();
  EXPECT_EQ(story.StatusOf("a"), "failed");
  EXPECT_EQ(story.FailureCode(), code);
  EXPECT_THAT(story.Causes("a"), Contains(cause));
}

void ExpectHealed(Story& story, const std::vector<std::string>& history) {
  story.Retry();
  story.CatchUp();
  EXPECT_EQ(story.FailureCode(), "");
  EXPECT_EQ(story.StatusOf("a"), "complete");
  EXPECT_EQ(story.Replica("a"), history);
}

void WriteEncrypted(Story& story, std::string bytes) {
  const std::array<uint8_t, ContentKey::kBytes> secret{};
  const ContentKey key(secret);
  const Nonce nonce = key.NonceOf(AsBytes(bytes));
  key.Crypt(nonce, 0, AsBytes(bytes), std::as_writable_bytes(std::span(bytes)));
  const BlockRef block{Sha256(AsBytes(bytes)), bytes.size()};
  ASSERT_OK(story.store("west").StageBlock(block.digest, AsBytes(bytes)));
  Must(story.Apply("west", CommitBlob{.path = {"photos", "a"},
                                      .content = BlockList{block},
                                      .encryption = ContentEncryption{key.sha256(), {nonce}}}));
}

void ProtectReplicaContainer(Story& story) {
  Must(story.Apply("east", ChangeContainerHolds{.container = "photos2", .add = {"case1"}}));
}

const std::vector<Sentence> kFailures{
    {8, "A blob that is encrypted with a customer-provided key is not replicated",
     [](Story& story) {
       story.Create();
       WriteEncrypted(story, "secret");
       ExpectFailure(story, "CustomerProvidedKey", "noCustomerProvidedKey");
       story.Write("a", "open");
       story.CatchUp();
       EXPECT_EQ(story.StatusOf("a"), "complete");
       EXPECT_THAT(story.Replica("a"), ElementsAre("current open"));
     }},
    {20, "A blob in the archive tier, at the source or at the destination, is not replicated",
     [](Story& story) {
       story.Create();
       story.Write("a", "one", {.tier = Tier::kArchive});
       ExpectFailure(story, "SourceBlobArchived", "notArchived");
       ASSERT_OK(story.SetTier("west", {"photos", "a"}, Tier::kHot));
       ExpectHealed(story, {"current one"});
       ASSERT_OK(story.SetTier("east", kReplica, Tier::kArchive));
       story.Write("a", "two");
       ExpectFailure(story, "DestinationBlobArchived", "notArchived");
       ASSERT_OK(story.SetTier("east", kReplica, Tier::kHot));
       ExpectHealed(story, {"previous one", "current two"});
     }},
    {21,
     "Under an immutability policy of the destination container the source changes, the replica "
     "does not",
     [](Story& story) {
       story.Create();
       story.Write("a", "one");
       story.CatchUp();
       ProtectReplicaContainer(story);
       story.Write("a", "two");
       ExpectFailure(story, "DestinationImmutable", "notImmutable");
       EXPECT_THAT(story.Replica("a"), ElementsAre("current one"));
       Must(story.Apply("east", ChangeContainerHolds{.container = "photos2", .remove = {"case1"}}));
       ExpectHealed(story, {"previous one", "current two"});
       ProtectReplicaContainer(story);
       EXPECT_OK(story.Remove("a"));
       story.CatchUp();
       EXPECT_EQ(story.FailureCode(), "DestinationImmutable");
       EXPECT_THAT(story.Replica("a"), ElementsAre("previous one", "current two"));
     }},
    {22, "Under an immutability policy of the replica's version the same holds",
     [](Story& story) {
       story.Create();
       story.Write("a", "one");
       story.CatchUp();
       const VersionId replica = story.Stat("east", kReplica).version;
       Must(story.Apply("east", SetLegalHold{.path = kReplica, .version = replica, .hold = true}));
       story.Write("a", "two");
       ExpectFailure(story, "DestinationImmutable", "notImmutable");
       Must(story.Apply("east", SetLegalHold{.path = kReplica, .version = replica, .hold = false}));
       ExpectHealed(story, {"previous one", "current two"});
     }},
    {49, "The policy is not on the destination account",
     [](Story& story) {
       story.Create();
       story.Write("a", "one");
       ASSERT_OK(DeleteHalf(story.accounts, "east", story.policy.policy_id));
       EXPECT_EQ(story.StatusOf("a"), "pending");
       EXPECT_THAT(story.Causes("a"), Contains("policyAtDestination"));
     }},
    {50, "The destination account does not exist any more",
     [](Story& story) {
       story.Create();
       story.Write("a", "one");
       story.accounts.Remove("east");
       EXPECT_EQ(story.StatusOf("a"), "pending");
       EXPECT_THAT(story.Causes("a"), Contains("destinationAccountExists"));
     }},
    {51, "The destination container does not exist any more",
     [](Story& story) {
       story.Create();
       story.Write("a", "one");
       Must(story.Apply("east", SetDestination{"photos2", ""}));
       Must(story.Apply("east", DeleteContainer{"photos2"}));
       ExpectFailure(story, "DestinationContainerNotFound", "destinationContainerExists");
       story.AddContainer("east", "photos2");
       Must(story.Apply("east", SetDestination{"photos2", story.policy.policy_id}));
       ExpectHealed(story, {"current one"});
     }},
    {52, "The destination container is being deleted, which takes up to 30 seconds",
     [](Story& story) {
       story.Create();
       Must(story.Apply("east", PutState{std::string(kContainerDeletionKey), "30"}));
       Must(story.Apply("east", SetDestination{"photos2", ""}));
       Must(story.Apply("east", DeleteContainer{"photos2"}));
       story.Write("a", "one");
       ExpectFailure(story, "DestinationContainerBeingDeleted",
                     "destinationContainerNotBeingDeleted");
       EXPECT_CODE(kBusy, story.Apply("east", CreateContainer{"photos2"}));
       story.clock.Advance(std::chrono::seconds(30));
       story.AddContainer("east", "photos2");
       Must(story.Apply("east", SetDestination{"photos2", story.policy.policy_id}));
       ExpectHealed(story, {"current one"});
     }},
    {53, "The destination container does not take part in the policy any more",
     [](Story& story) {
       story.Create();
       story.Write("a", "one");
       Must(story.Apply("east", SetDestination{"photos2", ""}));
       story.CatchUp();
       EXPECT_EQ(story.StatusOf("a"), "failed");
       EXPECT_THAT(story.Causes("a"), ElementsAre("destinationContainerInPolicy"));
     }},
};

REPLICAFS_DOCUMENT_TABLE(Failures, kFailures);

}  // namespace
}  // namespace replicafs::document
