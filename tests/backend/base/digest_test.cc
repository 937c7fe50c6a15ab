#include "backend/base/digest.h"

#include <gtest/gtest.h>

#include <set>

namespace replicafs {
namespace {

std::span<const uint8_t> Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

TEST(Digest, KnownTextsThenTheirHashes) {
  EXPECT_EQ(ToHex(Sha256(AsBytes(""))),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(ToHex(Sha256(AsBytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(ToBase64(Md5Of(AsBytes(""))), "1B2M2Y8AsgTpgAmY7PhCfg==");
}

TEST(Digest, HexThenReadBack) {
  const Digest digest = Sha256(AsBytes("abc"));

  EXPECT_EQ(DigestFromHex(ToHex(digest)), digest);
  EXPECT_FALSE(DigestFromHex(""));
  EXPECT_FALSE(DigestFromHex(ToHex(digest).substr(1)));
  EXPECT_FALSE(DigestFromHex(ToHex(digest) + "0"));
  EXPECT_FALSE(DigestFromHex("g" + ToHex(digest).substr(1)));
}

TEST(Digest, BlockIdThenFixedWidth) {
  EXPECT_EQ(BlockId(Sha256(AsBytes("abc"))), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  EXPECT_EQ(BlockId(Sha256(AsBytes("x"))).size(), 44U);
}

TEST(Base64, KnownTexts) {
  EXPECT_EQ(ToBase64(Bytes("")), "");
  EXPECT_EQ(ToBase64(Bytes("f")), "Zg==");
  EXPECT_EQ(ToBase64(Bytes("fo")), "Zm8=");
  EXPECT_EQ(ToBase64(Bytes("foobar")), "Zm9vYmFy");
}

TEST(Base64, EveryLengthThenReadBack) {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(FromBase64(ToBase64(Bytes(text))), text);
    text += static_cast<char>(i * 37);
  }
}

TEST(Base64, OtherTextThenRefused) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "Zg==Zg==", "Z!==", "=Zg=", "====", "    ",
                           " Zg=", "Zm9v\n", "Zm-_"})
    EXPECT_FALSE(FromBase64(text)) << text;
}

TEST(Guid, ManyThenAllDifferentAndWellFormed) {
  std::set<std::string> guids;
  for (int i = 0; i < 1000; ++i) {
    const std::string guid = NewGuid();
    guids.insert(guid);
    ASSERT_EQ(guid.size(), 36U);
    for (const size_t dash : {8U, 13U, 18U, 23U}) ASSERT_EQ(guid[dash], '-');
    ASSERT_EQ(guid[14], '4') << "the version of RFC 4122";
    ASSERT_NE(std::string("89ab").find(guid[19]), std::string::npos) << "its variant";
    ASSERT_EQ(guid.find_first_not_of("0123456789abcdef-"), std::string::npos);
  }
  EXPECT_EQ(guids.size(), 1000U);
}

}  // namespace
}  // namespace replicafs
