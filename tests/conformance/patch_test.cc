#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

REPLICAFS_CONFORMANCE_SUITE(Patch);

TEST_P(Patch, MetadataThenChangedInPlace) {
  if (store().capabilities().metadata_makes_version) GTEST_SKIP() << "makes a version";
  const Outcome put = Put("a", "1");

  const Outcome patched =
      Must(Apply(PatchBlob{.path = Photo("a"), .metadata = StringMap{{"mode", "0600"}}}));

  const BlobInfo info = Stat(Photo("a"));
  EXPECT_EQ(info.version, put.version);
  EXPECT_EQ(patched.version, put.version);
  EXPECT_EQ(info.etag, patched.etag);
  EXPECT_NE(info.etag, put.etag);
  EXPECT_GT(info.last_modified, put.last_modified);
  EXPECT_EQ(info.sequence, patched.sequence);
  EXPECT_EQ(info.properties.metadata, (StringMap{{"mode", "0600"}}));
  EXPECT_EQ(Events().back().kind, EventKind::kPropertiesChanged);
  EXPECT_EQ(Versions("a").size(), 1U);
}

TEST_P(Patch, OneMemberThenOthersStay) {
  const BlobProperties properties{.headers = {.content_type = "text/plain"},
                                  .metadata = {{"x", "1"}},
                                  .tags = {{"t", "1"}},
                                  .tier = Tier::kCold};
  Must(Apply(CommitBlob{.path = Photo("a"), .content = "1", .properties = properties}));

  Must(Apply(PatchBlob{.path = Photo("a"), .tags = StringMap{{"u", "2"}}}));

  BlobProperties expected = properties;
  expected.tags = {{"u", "2"}};
  EXPECT_EQ(Stat(Photo("a")).properties, expected);
}

TEST_P(Patch, TierAloneThenTierChanged) {
  const Outcome put = Put("a", "1");

  Must(Apply(PatchBlob{.path = Photo("a"), .tier = Tier::kCool}));

  EXPECT_EQ(Stat(Photo("a")).properties.tier, Tier::kCool);
  EXPECT_EQ(Stat(Photo("a")).version, put.version);
  EXPECT_EQ(Events().back().kind, EventKind::kTierChanged);
}

TEST_P(Patch, PreviousVersionThenCurrentStays) {
  const Outcome first = Put("a", "1");
  const Outcome second = Put("a", "2");

  Must(Apply(PatchBlob{
      .path = Photo("a"), .version = first.version, .headers = ContentHeaders{"text/html"}}));

  EXPECT_EQ(Stat(Photo("a"), first.version).properties.headers.content_type, "text/html");
  EXPECT_EQ(Stat(Photo("a")).etag, second.etag);
  EXPECT_EQ(Events().back().version, first.version);
}

TEST_P(Patch, MissingThenNotFound) {
  Put("a", "1");

  EXPECT_CODE(kNotFound, Apply(PatchBlob{.path = Photo("b"), .tier = Tier::kCool}));
  EXPECT_CODE(kNotFound,
              Apply(PatchBlob{.path = Photo("a"), .version = VersionId{5}, .tier = Tier::kCool}));
}

TEST_P(Patch, ArchivedThenUnreadableUntilRehydrated) {
  Put("a", "1");
  std::byte byte{};

  Must(Apply(PatchBlob{.path = Photo("a"), .tier = Tier::kArchive}));
  EXPECT_CODE(kArchived, Must(store().Open(Photo("a")))->ReadAt(0, {&byte, 1}));

  Must(Apply(PatchBlob{.path = Photo("a"), .tier = Tier::kHot}));
  EXPECT_EQ(Text(Photo("a")), "1");
}

class RehydrationTest : public StoreTest {
 protected:
  void SetTime(const std::string& seconds) {
    Must(Apply(PutState{std::string(kRehydrationKey), seconds}));
  }
  Result<Outcome> SetTier(Tier tier, VersionId version = {}) {
    return Apply(PatchBlob{.path = Photo("a"), .version = version, .tier = tier});
  }
  Result<size_t> ReadByte(VersionId version = {}) {
    std::byte byte{};
    return Must(store().Open(Photo("a"), version))->ReadAt(0, {&byte, 1});
  }
};

class Rehydrating : public RehydrationTest {};
INSTANTIATE_TEST_SUITE_P(Stores, Rehydrating, ::testing::ValuesIn(RegisteredStores()),
                         [](const auto& instance) { return instance.param.name; });

TEST_P(Rehydrating, TakesTimeThenItIsUnreadableUntilThatIsOver) {
  SetTime("3600");
  Put("a", "1");
  Must(SetTier(Tier::kArchive));
  const Timestamp ready{clock_.Now().ticks + 3600 * Timestamp::kTicksPerSecond};

  const Outcome patched = Must(SetTier(Tier::kCool));

  EXPECT_EQ(Stat(Photo("a")).properties.tier, Tier::kArchive);
  EXPECT_EQ(Stat(Photo("a")).rehydration, (Rehydration{Tier::kCool, ready}));
  EXPECT_EQ(Stat(Photo("a")).etag, patched.etag);
  EXPECT_EQ(Versions("a").at(0).rehydration, (Rehydration{Tier::kCool, ready}));
  EXPECT_EQ(Events().back().kind, EventKind::kTierChanged);
  clock_.Advance(std::chrono::minutes(59));
  EXPECT_CODE(kArchived, ReadByte());
  const uint64_t head = Must(journal().Head());

  clock_.Advance(std::chrono::minutes(1));

  EXPECT_EQ(Text(Photo("a")), "1");
  EXPECT_EQ(Stat(Photo("a")).properties.tier, Tier::kCool);
  EXPECT_EQ(Stat(Photo("a")).rehydration, std::nullopt);
  EXPECT_EQ(Versions("a").at(0).properties.tier, Tier::kCool);
  const ListPage page = Must(store().List({.container = "photos"}));
  EXPECT_EQ(std::get<BlobInfo>(page.items.at(0)).properties.tier, Tier::kCool);
  EXPECT_EQ(Must(journal().Head()), head);
}

TEST_P(Rehydrating, AnotherTierMeanwhileThenBusyAndTheSameGoesOn) {
  SetTime("3600");
  Put("a", "1");
  Must(SetTier(Tier::kArchive));
  Must(SetTier(Tier::kCool));
  const auto pending = Stat(Photo("a")).rehydration;
  clock_.Advance(std::chrono::minutes(30));

  EXPECT_CODE(kBusy, SetTier(Tier::kHot));
  EXPECT_CODE(kBusy, SetTier(Tier::kArchive));
  EXPECT_OK(SetTier(Tier::kCool));
  EXPECT_OK(Apply(PatchBlob{.path = Photo("a"), .metadata = StringMap{{"k", "v"}}}));
  EXPECT_EQ(Stat(Photo("a")).rehydration, pending);

  clock_.Advance(std::chrono::minutes(30));
  EXPECT_OK(SetTier(Tier::kArchive));
  EXPECT_CODE(kArchived, ReadByte());
}

TEST_P(Rehydrating, PreviousVersionThenItComesBackToo) {
  SetTime("60");
  const Outcome first = Put("a", "1");
  Put("a", "2");
  Must(SetTier(Tier::kArchive, first.version));
  Must(SetTier(Tier::kHot, first.version));
  EXPECT_CODE(kArchived, ReadByte(first.version));

  clock_.Advance(std::chrono::minutes(1));

  EXPECT_EQ(Text(Photo("a"), first.version), "1");
}

TEST_P(Rehydrating, OnItsWayAndSupersededOrRenamedThenItGoesOn) {
  SetTime("60");
  const Outcome first = Put("d/a", "1");
  Must(Apply(PatchBlob{.path = Photo("d/a"), .tier = Tier::kArchive}));
  Must(Apply(PatchBlob{.path = Photo("d/a"), .tier = Tier::kHot}));

  Must(Apply(RenamePrefix{"photos", "d/", "e/"}));

  EXPECT_TRUE(Stat(Photo("e/a")).rehydration);
  EXPECT_TRUE(Stat(Photo("d/a"), first.version).rehydration);
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(Text(Photo("e/a")), "1");
  EXPECT_EQ(Text(Photo("d/a"), first.version), "1");
}

TEST_P(Rehydrating, OnItsWayAndCopiedOrRenamedAloneThenItGoesOn) {
  SetTime("60");
  Put("a", "1");
  Must(SetTier(Tier::kArchive));
  Must(SetTier(Tier::kHot));
  const BlobProperties properties = Stat(Photo("a")).properties;

  Must(ApplyAll(
      {CommitBlob{
           .path = Photo("b"), .content = ContentOf{Photo("a"), {}}, .properties = properties},
       RemoveBlob{Photo("a")}}));
  Must(Apply(CommitBlob{.path = Photo("c"), .content = ContentOf{Photo("b"), {}}}));

  EXPECT_EQ(Text(Photo("c")), "1");
  EXPECT_TRUE(Stat(Photo("b")).rehydration);
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(Text(Photo("b")), "1");
}

TEST_P(Rehydrating, TimeChangedMeanwhileThenItCountsForTheNextOnly) {
  SetTime("60");
  Put("a", "1");
  Must(SetTier(Tier::kArchive));
  Must(SetTier(Tier::kHot));
  SetTime("0");
  EXPECT_CODE(kArchived, ReadByte());
  clock_.Advance(std::chrono::minutes(1));
  Must(SetTier(Tier::kArchive));

  Must(SetTier(Tier::kHot));

  EXPECT_EQ(Text(Photo("a")), "1");
}

TEST_P(Rehydrating, NoNumberInTheRowThenTiersAreRefused) {
  Put("a", "1");
  for (const char* row : {"", "soon", "-1", "1.5", "99999999999"}) {
    SetTime(row);
    EXPECT_CODE(kInvalid, SetTier(Tier::kCool)) << row;
  }
}

TEST_P(Rehydrating, ReopenedThenItGoesOn) {
  if (!GetParam().durable) GTEST_SKIP() << "keeps nothing";
  SetTime("60");
  Put("a", "1");
  Must(SetTier(Tier::kArchive));
  Must(SetTier(Tier::kHot));
  const auto pending = Stat(Photo("a")).rehydration;

  Reopen();

  EXPECT_EQ(Stat(Photo("a")).rehydration, pending);
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(Text(Photo("a")), "1");
}

REPLICAFS_CONFORMANCE_SUITE(Preconditions);

TEST_P(Preconditions, MatchingEtagThenCommitted) {
  const Outcome first = Put("a", "1");

  EXPECT_OK(Apply(
      CommitBlob{.path = Photo("a"), .content = "2", .precondition = {.if_match = first.etag}}));
  EXPECT_EQ(Text(Photo("a")), "2");
}

TEST_P(Preconditions, OldEtagThenPrecondition) {
  const Outcome first = Put("a", "1");
  Put("a", "2");

  EXPECT_CODE(kPrecondition,
              Apply(CommitBlob{
                  .path = Photo("a"), .content = "3", .precondition = {.if_match = first.etag}}));
  EXPECT_EQ(Text(Photo("a")), "2");
  EXPECT_EQ(Versions("a").size(), 2U);
}

TEST_P(Preconditions, EtagOfNoBlobThenPrecondition) {
  EXPECT_CODE(
      kPrecondition,
      Apply(CommitBlob{.path = Photo("a"), .content = "3", .precondition = {.if_match = "\"x\""}}));
}

TEST_P(Preconditions, NoneMatchThenOnlyTheFirstCommits) {
  const CommitBlob create{
      .path = Photo("a"), .content = "1", .precondition = {.if_none_match = true}};

  EXPECT_OK(Apply(create));
  EXPECT_CODE(kPrecondition, Apply(create));
  Must(Apply(RemoveBlob{Photo("a")}));
  EXPECT_OK(Apply(create));
}

TEST_P(Preconditions, PatchedThenOldEtagNoLongerMatches) {
  const Outcome put = Put("a", "1");
  const Outcome patched = Must(Apply(PatchBlob{.path = Photo("a"), .metadata = StringMap{}}));

  EXPECT_CODE(kPrecondition, Apply(PatchBlob{.path = Photo("a"),
                                             .tier = Tier::kCool,
                                             .precondition = {.if_match = put.etag}}));
  EXPECT_OK(Apply(PatchBlob{
      .path = Photo("a"), .tier = Tier::kCool, .precondition = {.if_match = patched.etag}}));
}

TEST_P(Preconditions, RemovalWithOldEtagThenStays) {
  const Outcome first = Put("a", "1");
  const Outcome second = Put("a", "2");

  EXPECT_CODE(kPrecondition, Apply(RemoveBlob{Photo("a"), {.if_match = first.etag}}));
  EXPECT_TRUE(Exists("a"));
  EXPECT_OK(Apply(RemoveBlob{Photo("a"), {.if_match = second.etag}}));
}

}  // namespace
}  // namespace replicafs
