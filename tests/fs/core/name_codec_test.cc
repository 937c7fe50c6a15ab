#include "fs/core/name_codec.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <set>

#include "backend/blob/utf8.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

StoredName Stored(std::string_view name) {
  return Must(ToStored(name, NamePlace::kBelow));
}
std::string Shown(std::string_view component) {
  return ToShown({std::string(component), NameForm::kPlain}, NamePlace::kBelow);
}

TEST(NameCodec, OrdinaryNamesStandForThemselves) {
  for (const std::string name : {"a", "a.txt", ".hidden", "ä ö%20", "%", "100%", "~", "a!b%"}) {
    EXPECT_EQ(Stored(name).component, name);
    EXPECT_EQ(Shown(name), name);
  }
}

TEST(NameCodec, OffendingBytesAreStoredEscaped) {
  EXPECT_EQ(Stored("a\nb").component, "%!a%0Ab");
  EXPECT_EQ(Stored("a\\b%").component, "%!a%5Cb%25");
  EXPECT_EQ(Stored("dot.").component, "%!dot%2E");
  EXPECT_EQ(Stored("\xFF").component, "%!%FF");
  EXPECT_EQ(Stored("%!x").component, "%!%25!x");
}

TEST(NameCodec, NamesOfManyOffendingBytesAreStoredShort) {
  for (const size_t size : {159U, 160U, 161U, 253U, 254U, 255U}) {
    std::string name;
    for (size_t i = 0; i < size; ++i) name += static_cast<char>(0x80 + i % 0x80);
    const std::string component = Stored(name).component;
    EXPECT_LE(component.size(), 480U) << size;
    EXPECT_TRUE(IsUtf8(component)) << size;
    EXPECT_EQ(component.starts_with("%!%="), size >= 160) << size;
    EXPECT_EQ(Shown(component), name) << size;
  }
  EXPECT_EQ(Stored(std::string(160, '\x01')).component.substr(0, 12), "%!%=AQEBAQEB");
  EXPECT_EQ(Stored("%!%=AQEB").component, "%!%25!%25=AQEB");
}

TEST(NameCodec, ComponentsThatNoDirectoryCanShowAreShownEscaped) {
  EXPECT_EQ(Shown(""), "%!");
  EXPECT_EQ(Shown("."), "%!%2E");
  EXPECT_EQ(Shown(".."), "%!.%2E");
  EXPECT_EQ(Shown("a\nb"), "%!a%0Ab");
  EXPECT_EQ(Stored("%!.%2E").component, "..");
}

TEST(NameCodec, VersionsNameIsTakenAtTheRootOnly) {
  const StoredName blob{std::string(kVersionsName), NameForm::kPlain};
  EXPECT_EQ(ToShown(blob, NamePlace::kBelow), ".versions");
  EXPECT_EQ(ToShown(blob, NamePlace::kContainerRoot), "%!.versions");
  EXPECT_EQ(Must(ToStored("%!.versions", NamePlace::kContainerRoot)), blob);
}

TEST(NameCodec, FileBesideADirectoryHasANameOfItsOwn) {
  const StoredName beside{"a", NameForm::kBesideDirectory};
  EXPECT_EQ(ToShown(beside, NamePlace::kBelow), "%!a%file");
  EXPECT_EQ(Stored("%!a%file"), beside);
}

TEST(NameCodec, OverlongComponentsAreShownByTheirBeginningAndAHash) {
  const std::string shown = Shown(std::string(300, 'x') + "1");
  EXPECT_LE(shown.size(), kLinuxNameMaxBytes);
  EXPECT_TRUE(IsHashedName(shown));
  EXPECT_NE(shown, Shown(std::string(300, 'x') + "2"));
}

TEST(NameCodec, ImpossibleNamesAreRefused) {
  EXPECT_CODE(kInvalid, ToStored("", NamePlace::kBelow));
  EXPECT_CODE(kInvalid, ToStored("..", NamePlace::kBelow));
  EXPECT_CODE(kInvalid, ToStored("a/b", NamePlace::kBelow));
  EXPECT_CODE(kNameTooLong, ToStored(std::string(256, 'a'), NamePlace::kBelow));
}

// Random strings over the characters that matter, often built from earlier results.
class NameCodecProperty : public ::testing::TestWithParam<NamePlace> {
 protected:
  std::string Random() {
    static const std::vector<std::string> kPieces = {
        "%",   "!",    "%!",   "%25",  "%2E",          ".", "a", "5",     "C",
        "\\",  "\x01", "\x7F", "\xFF", "\xEF\xBF\xBE", "é", "~", "%file", ".versions",
        "%5C", "%0A",  "%c3",  "%=",   "%!%=AQEB"};
    std::string text;
    const size_t pieces = random_() % 6;
    for (size_t i = 0; i < pieces; ++i) text += kPieces[random_() % kPieces.size()];
    if (!earlier_.empty() && random_() % 3 == 0) text = earlier_[random_() % earlier_.size()];
    if (random_() % 5 == 0) text = "%!" + text;
    if (random_() % 10 == 0)
      text += std::string(random_() % 200, random_() % 2 == 0 ? '%' : '\x02');
    return text;
  }

  std::mt19937_64 random_{20261121};
  std::vector<std::string> earlier_;
};

TEST_P(NameCodecProperty, MappingIsOneToOne) {
  std::map<std::string, std::string> name_of;
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = Random();
    const auto stored = ToStored(name, GetParam());
    if (stored) {
      ASSERT_EQ(ToShown(*stored, GetParam()), name) << stored->component;
      earlier_.push_back(stored->component);
    }
    const std::string component = Random();
    if (!IsUtf8(component)) continue;
    const StoredName plain{component, NameForm::kPlain};
    const std::string shown = ToShown(plain, GetParam());
    ASSERT_LE(shown.size(), kLinuxNameMaxBytes);
    if (IsHashedName(shown)) continue;
    ASSERT_EQ(Must(ToStored(shown, GetParam())), plain) << shown;
    earlier_.push_back(shown);
    if (earlier_.size() > 500) earlier_.erase(earlier_.begin(), earlier_.begin() + 250);
  }
}

INSTANTIATE_TEST_SUITE_P(Places, NameCodecProperty,
                         ::testing::Values(NamePlace::kContainerRoot, NamePlace::kBelow));

}  // namespace
}  // namespace replicafs
