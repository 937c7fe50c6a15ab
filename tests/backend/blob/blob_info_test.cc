#include "backend/blob/blob_info.h"

#include <gtest/gtest.h>

#include <set>

#include "backend/blob/journal.h"

namespace replicafs {
namespace {

TEST(Tiers, NameThenReadBackInAnyCase) {
  for (const Tier tier : {Tier::kHot, Tier::kCool, Tier::kCold, Tier::kArchive})
    EXPECT_EQ(ParseTier(ToString(tier)), tier);
  EXPECT_EQ(ToString(Tier::kHot), "Hot");
  EXPECT_EQ(ParseTier("aRCHIVE"), Tier::kArchive);
}

TEST(Tiers, OtherTextThenRefused) {
  for (const char* text : {"", "H", "Hot ", "Hott", "Premium"}) EXPECT_FALSE(ParseTier(text));
}

TEST(VersionIds, TextThenReadBack) {
  const VersionId version{17'672'256'001'234'567};

  EXPECT_EQ(ToString(version), "2026-01-01T00:00:00.1234567Z");
  EXPECT_EQ(ParseVersionId(ToString(version)), version);
}

TEST(VersionIds, NoMomentThenNoVersion) {
  EXPECT_FALSE(ParseVersionId("latest"));
  EXPECT_FALSE(ParseVersionId("1970-01-01T00:00:00.0000000Z"));
  EXPECT_FALSE(static_cast<bool>(VersionId{}));
}

TEST(EventKinds, EveryKindThenADifferentName) {
  std::set<std::string_view> names;
  for (uint8_t kind = 1; kind <= static_cast<uint8_t>(EventKind::kSnapshotDeleted); ++kind)
    names.insert(ToString(static_cast<EventKind>(kind)));

  EXPECT_EQ(names.size(), static_cast<size_t>(EventKind::kSnapshotDeleted));
  EXPECT_TRUE(names.contains("Created"));
}

}  // namespace
}  // namespace replicafs
