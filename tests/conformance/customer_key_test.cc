#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

ContentKeyPtr KeyOf(uint8_t byte) {
  std::array<uint8_t, ContentKey::kBytes> bytes{};
  bytes.fill(byte);
  return std::make_shared<const ContentKey>(bytes);
}

class CustomerKeyTest : public StoreTest {
 protected:
  struct Sealed {
    BlockList blocks;
    ContentEncryption encryption;
  };

  Sealed Seal(const ContentKeyPtr& key, std::initializer_list<std::string> pieces) {
    Sealed sealed{.blocks = {}, .encryption = {.key_sha256 = key->sha256(), .nonces = {}}};
    for (std::string piece : pieces) {
      const Nonce nonce = key->NonceOf(AsBytes(piece));
      key->Crypt(nonce, 0, AsBytes(piece),
                 std::as_writable_bytes(std::span(piece.data(), piece.size())));
      sealed.blocks.push_back(Stage(piece));
      sealed.encryption.nonces.push_back(nonce);
    }
    return sealed;
  }
  Outcome PutSealed(std::string_view name, const ContentKeyPtr& key,
                    std::initializer_list<std::string> pieces) {
    const Sealed sealed = Seal(key, pieces);
    return Must(Apply(CommitBlob{
        .path = Photo(name), .content = sealed.blocks, .encryption = sealed.encryption}));
  }
  Result<std::string> ReadWith(const ContentKeyPtr& key, std::string_view name, uint64_t offset = 0,
                               size_t size = 100, VersionId version = {}) {
    auto reader = TRY(store().Open(Photo(name), version));
    if (key != nullptr) TRY(reader->UseKey(key));
    std::string text(size, '\0');
    text.resize(
        TRY(reader->ReadAt(offset, std::as_writable_bytes(std::span(text.data(), text.size())))));
    return text;
  }

  const ContentKeyPtr key_ = KeyOf(1);
  const ContentKeyPtr other_ = KeyOf(2);
};

#define REPLICAFS_KEY_SUITE(Suite)                                                 \
  class Suite : public CustomerKeyTest {};                                         \
  INSTANTIATE_TEST_SUITE_P(Stores, Suite, ::testing::ValuesIn(RegisteredStores()), \
                           [](const auto& instance) { return instance.param.name; })

REPLICAFS_KEY_SUITE(CustomerKeys);

TEST_P(CustomerKeys, WithTheKeyThenAnyRangeIsReadAndItsSumIsTold) {
  PutSealed("a", key_, {"first block, ", "then another"});

  EXPECT_EQ(Stat(Photo("a")).key_sha256, key_->sha256());
  EXPECT_EQ(Stat(Photo("a")).size_bytes, 25U);
  EXPECT_EQ(Versions("a").at(0).key_sha256, key_->sha256());
  EXPECT_EQ(Must(ReadWith(key_, "a")), "first block, then another");
  EXPECT_EQ(Must(ReadWith(key_, "a", 8, 10)), "ock, then ");
  EXPECT_EQ(Must(ReadWith(key_, "a", 24, 5)), "r");
  EXPECT_EQ(Must(ReadWith(key_, "a", 25, 5)), "");
}

TEST_P(CustomerKeys, WithoutTheKeyOrWithAnotherThenNotAByteIsRead) {
  PutSealed("a", key_, {"secret"});
  PutSealed("empty", key_, {});

  EXPECT_CODE(kCustomerKey, ReadWith(nullptr, "a"));
  EXPECT_CODE(kCustomerKey, ReadWith(nullptr, "a", 100));
  EXPECT_CODE(kCustomerKey, ReadWith(nullptr, "empty"));
  EXPECT_CODE(kCustomerKey, ReadWith(other_, "a"));
  const auto reader = Must(store().Open(Photo("a")));
  const auto parts = reader->PartsAt(0, 6);
  EXPECT_FALSE(parts.has_value() && parts->has_value());
  EXPECT_CODE(kCustomerKey, reader->UseKey(other_));
  std::array<std::byte, 1> byte{};
  EXPECT_CODE(kCustomerKey, reader->ReadAt(0, byte));
  EXPECT_FALSE(reader->blocks());
  EXPECT_EQ(Must(ReadWith(key_, "empty")), "");
}

TEST_P(CustomerKeys, KeyForWhatIsNotEncryptedThenRefused) {
  Put("a", "plain");

  EXPECT_CODE(kCustomerKey, ReadWith(key_, "a"));
  EXPECT_CODE(kCustomerKey,
              Apply(PatchBlob{.path = Photo("a"), .metadata = StringMap{}, .key = key_}));
}

TEST_P(CustomerKeys, HeldInTheStoreThenOnlyAsCiphertext) {
  const std::string text = "nothing of this is stored";
  PutSealed("a", key_, {text});
  const Digest plain = Sha256(AsBytes(text));
  const BlockRef stored = Seal(key_, {text}).blocks.at(0);

  EXPECT_FALSE(Must(store().HasBlocks(std::span(&plain, 1))).at(0));
  std::string bytes(text.size(), '\0');
  Must(store().ReadBlock(stored.digest, 0,
                         std::as_writable_bytes(std::span(bytes.data(), bytes.size()))));
  EXPECT_NE(bytes, text);
  EXPECT_EQ(Sha256(AsBytes(bytes)), stored.digest);
}

TEST_P(CustomerKeys, HeadersAndMetadataThenOnlyWithTheKeyAndTheRestWithoutIt) {
  const Outcome put = PutSealed("a", key_, {"text"});
  const PatchBlob metadata{.path = Photo("a"), .metadata = StringMap{{"k", "v"}}};
  const PatchBlob headers{.path = Photo("a"), .headers = ContentHeaders{"a/b"}};

  for (PatchBlob patch : {metadata, headers}) {
    EXPECT_CODE(kCustomerKey, Apply(patch));
    patch.key = other_;
    EXPECT_CODE(kCustomerKey, Apply(patch));
    patch.key = key_;
    EXPECT_OK(Apply(patch));
  }
  EXPECT_OK(Apply(PatchBlob{.path = Photo("a"), .tags = StringMap{{"t", "1"}}}));
  EXPECT_OK(Apply(PatchBlob{.path = Photo("a"), .tier = Tier::kCool}));
  EXPECT_OK(Apply(SetLegalHold{Photo("a"), {}, true}));
  EXPECT_OK(Apply(SetLegalHold{Photo("a"), {}, false}));
  EXPECT_EQ(Stat(Photo("a")).properties.metadata.at("k"), "v");
  EXPECT_EQ(Must(ReadWith(key_, "a")), "text");
  EXPECT_OK(Apply(RemoveBlob{Photo("a")}));
  EXPECT_OK(Apply(RemoveVersion{Photo("a"), put.version}));
}

TEST_P(CustomerKeys, OverwrittenWithoutAKeyThenPlainAndThePastKeepsItsKey) {
  const Outcome first = PutSealed("a", key_, {"one"});

  Put("a", "two");
  PutSealed("a", other_, {"three"});

  EXPECT_CODE(kCustomerKey, ReadWith(key_, "a"));
  EXPECT_EQ(Must(ReadWith(other_, "a")), "three");
  EXPECT_EQ(Must(ReadWith(nullptr, "a", 0, 100, Versions("a").at(1).version)), "two");
  EXPECT_EQ(Must(ReadWith(key_, "a", 0, 100, first.version)), "one");
}

TEST_P(CustomerKeys, RenamedOrSharedThenTheKeyStays) {
  PutSealed("d/a", key_, {"text"});

  Must(Apply(CommitBlob{.path = Photo("copy"), .content = ContentOf{Photo("d/a"), {}}}));
  Must(Apply(RenamePrefix{"photos", "d/", "e/"}));

  for (const char* name : {"copy", "e/a"}) {
    EXPECT_CODE(kCustomerKey, ReadWith(nullptr, name));
    EXPECT_EQ(Must(ReadWith(key_, name)), "text");
  }
}

TEST_P(CustomerKeys, EncryptionThatDoesNotFitThenInvalid) {
  Sealed sealed = Seal(key_, {"text"});
  EXPECT_CODE(
      kInvalid,
      Apply(CommitBlob{.path = Photo("a"), .content = "text", .encryption = sealed.encryption}));
  sealed.encryption.nonces.emplace_back();
  EXPECT_CODE(kInvalid,
              Apply(CommitBlob{
                  .path = Photo("a"), .content = sealed.blocks, .encryption = sealed.encryption}));
  EXPECT_FALSE(Exists("a"));
}

TEST_P(CustomerKeys, ReopenedThenStillEncrypted) {
  if (!GetParam().durable) GTEST_SKIP() << "the store does not keep anything";
  PutSealed("a", key_, {"one", "two"});

  Reopen();

  EXPECT_CODE(kCustomerKey, ReadWith(nullptr, "a"));
  EXPECT_EQ(Must(ReadWith(key_, "a")), "onetwo");
}

}  // namespace
}  // namespace replicafs
