// Blobs that are encrypted with a customer's key are not replicated.
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

class LinkKey : public ::testing::Test, public LinkFixture {
 protected:
  LinkKey() {
    Create();
    link = MakeLink();
  }

  void WriteSealed(const std::string& name, std::string bytes) {
    std::array<uint8_t, ContentKey::kBytes> secret{};
    const ContentKey key(secret);
    const Nonce nonce = key.NonceOf(AsBytes(bytes));
    key.Crypt(nonce, 0, AsBytes(bytes),
              std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
    const BlockRef block{Sha256(AsBytes(bytes)), bytes.size()};
    ASSERT_OK(source->inner().store().StageBlock(block.digest, AsBytes(bytes)));
    ASSERT_OK(ApplyOne(source->inner().store(),
                       CommitBlob{.path = {"photos", name},
                                  .content = BlockList{block},
                                  .encryption = ContentEncryption{key.sha256(), {nonce}}},
                       0));
  }
  CheckOutcome KeyCheck(const std::string& name) {
    const auto explained = Must(Explain(accounts, source, {"photos", name}, clock));
    for (const CheckOutcome& check : explained.at(0).checks) {
      if (check.id == "noCustomerProvidedKey") return check;
    }
    return {};
  }

  std::unique_ptr<Link> link;
};

TEST_F(LinkKey, EncryptedBlobThenItFailsWithItsReasonAndOthersArrive) {
  WriteSealed("a", "secret");
  Write("b", "other");

  ASSERT_OK(CatchUp(*link));

  ASSERT_THAT(Failures(), SizeIs(1));
  EXPECT_EQ(Failures()[0].code, "CustomerProvidedKey");
  EXPECT_THAT(Failures()[0].reason, HasSubstr("write it again without a key"));
  EXPECT_EQ(StatusOf("a"), BlobStatus::kFailed);
  EXPECT_FALSE(ReplicaExists("a"));
  EXPECT_TRUE(ReplicaExists("b"));
  ASSERT_OK(link->RetryFailures({}));
  EXPECT_THAT(Failures(), SizeIs(1));
}

TEST_F(LinkKey, OverwrittenWithoutAKeyThenItHeals) {
  WriteSealed("a", "secret");
  ASSERT_OK(CatchUp(*link));

  Write("a", "plain");
  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(Failures(), IsEmpty());
  EXPECT_THAT(Superseded(), SizeIs(1));
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("current plain"));
}

TEST_F(LinkKey, RenamedThenTheNewNameFailsTooAndTheOldOneIsNotMissed) {
  WriteSealed("a", "secret");
  ASSERT_OK(CatchUp(*link));

  Rename("a", "b");
  ASSERT_OK(CatchUp(*link));

  ASSERT_FALSE(Failures().empty());
  EXPECT_EQ(Failures().back().path.name, "b");
  EXPECT_EQ(Failures().back().code, "CustomerProvidedKey");
  EXPECT_FALSE(ReplicaExists("b"));
}

TEST_F(LinkKey, OverwritingAReplicaWithAnEncryptedBlobThenTheReplicaStays) {
  Write("a", "plain");
  WriteSealed("a", "secret");

  ASSERT_OK(CatchUp(*link));

  EXPECT_THAT(Failures(), SizeIs(1));
  EXPECT_THAT(ReplicaHistory("a"), ElementsAre("current plain"));
}

TEST_F(LinkKey, ExplainedThenItIsTheCauseBeforeAndAfterTheFirstAttempt) {
  WriteSealed("a", "secret");
  Write("b", "plain");

  EXPECT_EQ(KeyCheck("a").finding, Finding::kCause);
  EXPECT_EQ(KeyCheck("b").finding, Finding::kOk);
  ASSERT_OK(CatchUp(*link));
  EXPECT_EQ(KeyCheck("a").finding, Finding::kCause);
  EXPECT_THAT(KeyCheck("a").detail, HasSubstr("SHA-256"));
  EXPECT_THAT(KeyCheck("a").remedy, HasSubstr("without a key"));
}

}  // namespace
}  // namespace replicafs
