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
