#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

REPLICAFS_CONFORMANCE_SUITE(History);

TEST_P(History, OverwrittenThenPreviousStaysReadable) {
  const Outcome first = Put("a", "one");
  const Outcome second = Put("a", "two");

  const auto versions = Versions("a");

  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions[0].version, second.version);
  EXPECT_TRUE(versions[0].is_current);
  EXPECT_EQ(versions[1].version, first.version);
  EXPECT_FALSE(versions[1].is_current);
  EXPECT_EQ(versions[1].ended, versions[0].version.time());
  EXPECT_EQ(Text(Photo("a"), first.version), "one");
  EXPECT_EQ(Text(Photo("a"), second.version), "two");
}

TEST_P(History, ClockStandsStillThenVersionsStillIncrease) {
  VersionId last;
  for (int i = 0; i < 20; ++i) {
    const Outcome outcome = Put("a", "x");
    EXPECT_GT(outcome.version, last);
    last = outcome.version;
  }
}

TEST_P(History, ClockStepsBackThenVersionsStillIncrease) {
  const Outcome first = Put("a", "1");
  clock_.Advance(-std::chrono::hours(5));

  const Outcome second = Put("b", "2");

  EXPECT_GT(second.version, first.version);
}

TEST_P(History, ClockMovesThenVersionsFollow) {
  clock_.Advance(std::chrono::hours(5));

  const Outcome outcome = Put("a", "1");

  EXPECT_EQ(outcome.version.time(), clock_.Now());
}

TEST_P(History, RemovedThenOnlyVersionsRemain) {
  const Outcome put = Put("a", "one");

  const Outcome removed = Must(Apply(RemoveBlob{Photo("a")}));

  EXPECT_EQ(removed.version, put.version);
  EXPECT_FALSE(Exists("a"));
  EXPECT_CODE(kNotFound, store().Open(Photo("a")));
  EXPECT_EQ(Text(Photo("a"), put.version), "one");
  ASSERT_EQ(Versions("a").size(), 1U);
  EXPECT_FALSE(Versions("a")[0].is_current);
  EXPECT_GT(Versions("a")[0].ended, put.last_modified);
}

TEST_P(History, RemovedTwiceThenNotFound) {
  Put("a", "one");
  Must(Apply(RemoveBlob{Photo("a")}));

  EXPECT_CODE(kNotFound, Apply(RemoveBlob{Photo("a")}));
  EXPECT_CODE(kNotFound, Apply(RemoveBlob{Photo("never")}));
}

TEST_P(History, ReplacesCurrentThenOneVersion) {
  const Outcome first = Put("a", "one");
  const BlobInfo before = Stat(Photo("a"));

  Must(Apply(CommitBlob{.path = Photo("a"), .content = "two", .replaces = first.version}));

  EXPECT_EQ(Versions("a").size(), 1U);
  EXPECT_EQ(Text(Photo("a")), "two");
  EXPECT_CODE(kNotFound, store().Stat(Photo("a"), first.version));
  EXPECT_EQ(Stat(Photo("a")).file_id, before.file_id);
  EXPECT_EQ(Stat(Photo("a")).created, before.created);
}

TEST_P(History, ReplacesAnOldVersionThenIgnored) {
  const Outcome first = Put("a", "one");
  Put("a", "two");

  Must(Apply(CommitBlob{.path = Photo("a"), .content = "three", .replaces = first.version}));

  EXPECT_EQ(Versions("a").size(), 3U);
  EXPECT_EQ(Events().back().replaces, VersionId{});
}

TEST_P(History, PreviousVersionRemovedThenCurrentStays) {
  const Outcome first = Put("a", "one");
  Put("a", "two");

  Must(Apply(RemoveVersion{Photo("a"), first.version}));

  EXPECT_EQ(Versions("a").size(), 1U);
  EXPECT_EQ(Text(Photo("a")), "two");
  EXPECT_CODE(kNotFound, store().Open(Photo("a"), first.version));
}

TEST_P(History, CurrentVersionRemovedThenBlobHasNone) {
  const Outcome first = Put("a", "one");
  const Outcome second = Put("a", "two");

  Must(Apply(RemoveVersion{Photo("a"), second.version}));

  EXPECT_FALSE(Exists("a"));
  EXPECT_TRUE(Names({.container = "photos"}).empty());
  EXPECT_EQ(Text(Photo("a"), first.version), "one");
}

TEST_P(History, OnlyVersionRemovedThenNothingIsLeft) {
  const Outcome put = Put("d/a", "one");

  Must(Apply(RemoveVersion{Photo("d/a"), put.version}));

  EXPECT_TRUE(Versions("d/a").empty());
  EXPECT_TRUE(Names({.container = "photos", .scope = ListScope::kAll}).empty());
  EXPECT_CODE(kNotFound, store().StatPrefix(Photo("d/")));
}

TEST_P(History, MissingVersionRemovedThenNotFound) {
  const Outcome put = Put("a", "one");

  EXPECT_CODE(kNotFound, Apply(RemoveVersion{Photo("a"), VersionId{put.version.ticks + 1}}));
  EXPECT_CODE(kNotFound, Apply(RemoveVersion{Photo("b"), put.version}));
}

TEST_P(History, VersionWithSharedContentRemovedThenOtherStaysReadable) {
  const Outcome a = Must(
      Apply(CommitBlob{.path = Photo("a"), .content = BlockList{Stage("shared"), Stage("tail")}}));
  Must(Apply(CommitBlob{.path = Photo("b"), .content = ContentOf{Photo("a"), {}}}));
  Must(Apply(CommitBlob{.path = Photo("c"), .content = BlockList{Stage("shared")}}));

  Must(Apply(RemoveVersion{Photo("a"), a.version}));

  EXPECT_EQ(Text(Photo("b")), "sharedtail");
  EXPECT_EQ(Text(Photo("c")), "shared");
}

TEST_P(History, UnknownBlobThenNoVersions) {
  EXPECT_TRUE(Versions("never").empty());
  EXPECT_CODE(kNotFound, store().Stat(Photo("never")));
}

TEST_P(History, EqualHistoriesThenEqualVersions) {
  for (const char* name : {"a", "b"}) {
    for (const char* text : {"1", "22", "1"}) Put(name, text);
  }

  const auto a = Versions("a");
  const auto b = Versions("b");

  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].size_bytes, b[i].size_bytes);
    EXPECT_EQ(a[i].content_md5, b[i].content_md5);
    EXPECT_EQ(a[i].is_current, b[i].is_current);
  }
}

}  // namespace
}  // namespace replicafs
