#include <fcntl.h>

#include "backend/blob/keyed_account.h"
#include "tests/fs/core/semantics.h"

namespace replicafs {
namespace {

class EncryptedFiles : public Semantics {
 protected:
  EncryptedFiles() {
    std::array<uint8_t, ContentKey::kBytes> secret{};
    key_ = std::make_shared<const ContentKey>(secret);
    std::string bytes = "secret";
    const Nonce nonce = key_->NonceOf(AsBytes(bytes));
    key_->Crypt(nonce, 0, AsBytes(bytes),
                std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
    const BlockRef block{Sha256(AsBytes(bytes)), bytes.size()};
    EXPECT_OK(store().StageBlock(block.digest, AsBytes(bytes)));
    Must(ApplyOne(store(),
                  CommitBlob{.path = {"box", "a"},
                             .content = BlockList{block},
                             .encryption = ContentEncryption{key_->sha256(), {nonce}}},
                  0));
  }

  ContentKeyPtr key_;
};

TEST_F(EncryptedFiles, S100_WithoutTheKeyTheyAreNotReadAndCanBeReplacedAndRemoved) {
  ASSERT_OK(WriteFile("other", "o"));
  EXPECT_EQ(Must(GetXattr("a", "user.blob.key-sha256")), BlockId(key_->sha256()));
  EXPECT_CODE(kNoAttribute, GetXattr("other", "user.blob.key-sha256"));

  EXPECT_CODE(kCustomerKey, ReadFile("a"));
  EXPECT_CODE(kCustomerKey, Open("a", O_WRONLY));
  EXPECT_CODE(kCustomerKey, Open("a", O_RDWR));
  EXPECT_CODE(kCustomerKey, SetAttributes("a", {.size_bytes = 3}));
  EXPECT_CODE(kCustomerKey, SetAttributes("a", {.mode = 0600}));
  EXPECT_CODE(kCustomerKey, SetXattr("a", "user.x", "1"));
  EXPECT_OK(SetXattr("a", "user.blob.tier", "Cool"));
  EXPECT_OK(SetXattr("a", "user.blob.tag.t", "1"));

  EXPECT_OK(Rename("a", "b"));
  EXPECT_CODE(kCustomerKey, ReadFile("b"));
  EXPECT_OK(WriteFile("b", "plain"));
  EXPECT_EQ(Must(ReadFile("b")), "plain");
  EXPECT_CODE(kNoAttribute, GetXattr("b", "user.blob.key-sha256"));
  EXPECT_OK(Unlink("b"));
}

TEST_F(EncryptedFiles, S100_WithTheKeyTheyAreReadAndTheirAttributesChanged) {
  KeyedStore keyed(store(), key_);
  std::array<uint8_t, ContentKey::kBytes> others{};
  others.fill(7);
  KeyedStore with_another(store(), std::make_shared<const ContentKey>(others));
  std::array<std::byte, 6> bytes{};

  EXPECT_EQ(Must(Must(keyed.Open({"box", "a"}, {}))->ReadAt(0, bytes)), 6U);
  EXPECT_EQ(AsText(bytes), "secret");
  EXPECT_OK(ApplyOne(keyed, PatchBlob{.path = {"box", "a"}, .metadata = StringMap{{"k", "v"}}}, 0));
  EXPECT_CODE(kCustomerKey, Must(with_another.Open({"box", "a"}, {}))->ReadAt(0, bytes));
  EXPECT_CODE(kCustomerKey,
              ApplyOne(with_another, PatchBlob{.path = {"box", "a"}, .metadata = StringMap{}}, 0));
  ASSERT_OK(WriteFile("plain", "p"));
  EXPECT_EQ(Must(Must(keyed.Open({"box", "plain"}, {}))->ReadAt(0, bytes)), 1U);
  EXPECT_OK(
      ApplyOne(keyed, PatchBlob{.path = {"box", "plain"}, .metadata = StringMap{{"k", "v"}}}, 0));
}

}  // namespace
}  // namespace replicafs
