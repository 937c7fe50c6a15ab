// Versioning switched off and on.
#include "backend/blob/account_settings.h"
#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

REPLICAFS_CONFORMANCE_SUITE(Settings);

PutState VersioningOff(Timestamp since) {
  return {std::string(kSettingsKey), *EncodeSettings({.unversioned_since = since})};
}

RemoveState VersioningOn() {
  return {std::string(kSettingsKey)};
}

TEST_P(Settings, VersioningOffThenWhatIsWrittenFromThenOnLeavesNoVersion) {
  const Outcome kept = Put("a", "1");
  clock_.Advance(std::chrono::seconds(1));
  Must(Apply(VersioningOff(clock_.Now())));
  Put("a", "2");
  Put("a", "3");
  Put("b", "1");

  Must(Apply(RemoveBlob{Photo("b")}));

  EXPECT_EQ(Text(Photo("a")), "3");
  const auto versions = Versions("a");
  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions[1].version, kept.version);
  EXPECT_TRUE(Versions("b").empty());
}

TEST_P(Settings, VersioningOnAgainThenVersionsAreKeptAgain) {
  Must(Apply(VersioningOff(clock_.Now())));
  Put("a", "1");
  Must(Apply(VersioningOn()));

  Put("a", "2");

  EXPECT_EQ(Versions("a").size(), 2U);
}

TEST_P(Settings, VersioningOffThenTheJournalSaysWhatWent) {
  Must(Apply(VersioningOff(clock_.Now())));
  const Outcome first = Put("a", "1");
  const uint64_t head = Must(journal().Head());

  Put("a", "2");

  const auto events = Events(head);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].kind, EventKind::kCreated);
  EXPECT_EQ(events[1].kind, EventKind::kVersionDeleted);
  EXPECT_EQ(events[1].version, first.version);
  EXPECT_EQ(events[0].group_end, events[1].sequence);
}

TEST_P(Settings, VersioningOffThenBlobsStillChangePlaces) {
  Must(Apply(VersioningOff(clock_.Now())));
  Put("a", "1");
  Put("b", "2");
  Put("d/c", "3");
  const VersionId of_a = Stat(Photo("a")).version;

  Must(ApplyAll({CommitBlob{.path = Photo("a"), .content = ContentOf{Photo("b"), {}}},
                 CommitBlob{.path = Photo("b"), .content = ContentOf{Photo("a"), of_a}}}));
  Must(Apply(RenamePrefix{"photos", "d/", "e/"}));

  EXPECT_EQ(Text(Photo("a")), "2");
  EXPECT_EQ(Text(Photo("b")), "1");
  EXPECT_EQ(Text(Photo("e/c")), "3");
  EXPECT_EQ(Versions("a").size(), 1U);
  EXPECT_EQ(Versions("b").size(), 1U);
  EXPECT_TRUE(Versions("d/c").empty());
}

TEST_P(Settings, RowThatHoldsNoSettingsThenRefused) {
  EXPECT_CODE(kInvalid, Apply(PutState{std::string(kSettingsKey), "colour blue\n"}));
  EXPECT_CODE(kInvalid, Apply(PutState{std::string(kSettingsKey), "versioning-off-since soon\n"}));
}

TEST_P(Settings, SettingsThenReadBack) {
  const AccountSettings settings{.unversioned_since = clock_.Now(),
                                 .change_feed = false,
                                 .allow_cross_tenant_replication = true};

  EXPECT_EQ(Must(ParseSettings(EncodeSettings(settings))), settings);
  EXPECT_EQ(EncodeSettings({}), std::nullopt);
}

}  // namespace
}  // namespace replicafs
