#include "backend/blob/names.h"

#include "backend/blob/utf8.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

TEST(Names, Accounts) {
  for (const char* name : {"abc", "a12", "012", "abcdefghijklmnopqrstuvwx"})
    EXPECT_OK(ValidateAccountName(name)) << name;
  for (const char* name : {"", "ab", "Abc", "a-b", "a_b", "abcdefghijklmnopqrstuvwxy", "åbc"})
    EXPECT_CODE(kInvalid, ValidateAccountName(name)) << name;
}

TEST(Names, Containers) {
  const std::string longest(63, 'a');
  for (const std::string& name :
       {std::string("abc"), std::string("a-b-c"), std::string("0a0"), longest})
    EXPECT_OK(ValidateContainerName(name)) << name;
  for (const std::string& name :
       {std::string(), std::string("ab"), std::string("-ab"), std::string("ab-"),
        std::string("a--b"), std::string("aBc"), std::string("a.b"), longest + "a"})
    EXPECT_CODE(kInvalid, ValidateContainerName(name)) << name;
}

TEST(Names, BlobsThenAlmostAnything) {
  for (const char* name : {"a", "/", "a/", "/a", "a//b", ".", "..", " ", "%2F", "日本/😀", "\n"})
    EXPECT_OK(ValidateBlobName(name, {})) << name;
  for (const std::string& name : {std::string(), std::string(1, '\0'), std::string("a\xc3")})
    EXPECT_CODE(kInvalid, ValidateBlobName(name, {}));
}

TEST(Names, BlobsThenCountedInUtf16Units) {
  std::string wide;
  for (int i = 0; i < 512; ++i) wide += "😀";

  EXPECT_OK(ValidateBlobName(std::string(1024, 'x'), {}));
  EXPECT_CODE(kNameTooLong, ValidateBlobName(std::string(1025, 'x'), {}));
  EXPECT_OK(ValidateBlobName(wide, {}));
  EXPECT_CODE(kNameTooLong, ValidateBlobName(wide + "x", {}));
}

TEST(Names, BlobsThenPartsBetweenSlashesAreCountedInBytes) {
  const NameLimits limits{.max_chars = 100, .component_max_bytes = 4};

  for (const char* name : {"1234", "1234/1234/", "/1234", "åå"})
    EXPECT_OK(ValidateBlobName(name, limits)) << name;
  for (const char* name : {"12345", "12345/x", "x/12345", "ååå"})
    EXPECT_CODE(kNameTooLong, ValidateBlobName(name, limits)) << name;
}

TEST(Names, MetadataKeys) {
  for (const char* key : {"a", "_", "mode_1", "hdi_isfolder"}) EXPECT_OK(ValidateMetadataKey(key));
  for (const char* key : {"", "1a", "A", "a-b", "a b", "ä"})
    EXPECT_CODE(kInvalid, ValidateMetadataKey(key)) << key;
}

TEST(Names, PathThenContainerSlashName) {
  EXPECT_EQ(ToString(BlobPath{"photos", "a/b.txt"}), "photos/a/b.txt");
}

TEST(Utf8, WellFormed) {
  for (const char* text :
       {"", "a", "å", "日", "😀", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80"})
    EXPECT_TRUE(IsUtf8(text)) << text;
}

TEST(Utf8, IllFormedThenRefused) {
  for (const char* text : {"\x80", "\xc3", "\xc3(", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80",
                           "\xe2\x82", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80",
                           "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xfe"})
    EXPECT_FALSE(IsUtf8(text));
}

TEST(Utf8, CharacterThenItsBytes) {
  EXPECT_EQ(Utf8CharacterBytes("abc"), 1U);
  EXPECT_EQ(Utf8CharacterBytes("åb"), 2U);
  EXPECT_EQ(Utf8CharacterBytes("日b"), 3U);
  EXPECT_EQ(Utf8CharacterBytes("😀b"), 4U);
  EXPECT_EQ(Utf8CharacterBytes(""), 0U);
  EXPECT_EQ(Utf8CharacterBytes("\x80"), 0U);
}

TEST(Utf8, Utf16LengthThenPairsCountTwice) {
  EXPECT_EQ(Utf16Length(""), 0U);
  EXPECT_EQ(Utf16Length("aå日"), 3U);
  EXPECT_EQ(Utf16Length("😀"), 2U);
}

}  // namespace
}  // namespace replicafs
