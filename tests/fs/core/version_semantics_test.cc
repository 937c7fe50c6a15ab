// Statements of fs/SEMANTICS.md on versions.
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/fs/core/semantics.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;

TEST_F(Semantics, S06_OneOpenSessionMakesOneVersion) {
  const HandleId handle = Must(Open("a.txt", O_WRONLY | O_CREAT));
  for (uint64_t i = 0; i < 5; ++i) {
    ASSERT_OK(WriteAt(handle, i, "x"));
    ASSERT_OK(fs().Sync(handle));
  }
  ASSERT_OK(Close(handle));
  EXPECT_EQ(VersionCount("a.txt"), 1U);

  ASSERT_OK(WriteFile("a.txt", "again"));

  EXPECT_EQ(VersionCount("a.txt"), 2U);
}

// The kernel may tell of the end of a handle long after its close(2).
TEST_F(Semantics, S06_ClosedThenTheNextOpenMakesAnotherVersion) {
  const HandleId first = Must(Open("a.txt", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(first, 0, "one"));
  ASSERT_OK(fs().Flush(first));

  const HandleId second = Must(Open("a.txt", O_WRONLY | O_TRUNC));
  ASSERT_OK(WriteAt(second, 0, "two"));
  ASSERT_OK(fs().Flush(second));
  fs().Release(first);
  fs().Release(second);

  EXPECT_EQ(VersionCount("a.txt"), 2U);
  EXPECT_EQ(Must(ReadFile("a.txt")), "two");
}

TEST_F(Semantics, S06_OpenedWhileAnotherWritesThenOneSession) {
  const HandleId first = Must(Open("a.txt", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(first, 0, "one"));
  ASSERT_OK(fs().Sync(first));
  const HandleId second = Must(Open("a.txt", O_WRONLY));
  ASSERT_OK(WriteAt(second, 0, "two"));
  ASSERT_OK(Close(second));
  ASSERT_OK(Close(first));

  EXPECT_EQ(VersionCount("a.txt"), 1U);
}

TEST_F(Semantics, S06_WhatChangesNothingIsNotWritten) {
  ASSERT_OK(WriteFile("empty", ""));
  const HandleId empty = Must(Open("empty", O_RDONLY));
  const HandleId first = Must(Open("a.txt", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(first, 0, "one"));
  ASSERT_OK(fs().Flush(first));
  ASSERT_OK(fs().Allocate(first, {.offset = 0, .length = 100, .keeps_size = true}));
  ASSERT_OK(fs().Allocate(first, {.offset = 0, .length = 2}));
  EXPECT_EQ(Must(fs().Copy({.handle = empty, .to_handle = first, .length = 100})), 0U);

  ASSERT_OK(WriteFile("a.txt", "two"));

  EXPECT_EQ(VersionCount("a.txt"), 2U);
  fs().Release(first);
  fs().Release(empty);
}

TEST_F(Semantics, S07_ReaderKeepsTheVersionThatItOpened) {
  Put("a.txt", "first");
  const HandleId handle = Must(Open("a.txt", O_RDONLY));

  Put("a.txt", "second");

  EXPECT_EQ(Must(ReadAll(handle)), "first");
  EXPECT_EQ(Must(ReadFile("a.txt")), "second");
  ASSERT_OK(Close(handle));
}

TEST_F(Semantics, S07_ReaderKeepsWhatAWriterOfItsMountLeft) {
  ASSERT_OK(WriteFile("a.txt", "first"));
  const HandleId writer = Must(Open("a.txt", O_RDWR));
  const HandleId reader = Must(Open("a.txt", O_RDONLY));
  ASSERT_OK(WriteAt(writer, 0, "FIRST"));
  ASSERT_OK(Close(writer));

  Put("a.txt", "second");
  EXPECT_EQ(Must(ReadAll(reader)), "FIRST");
  Must(ApplyOne(store(), RemoveBlob{.path = {"box", "a.txt"}}, 0));

  EXPECT_EQ(Must(ReadAll(reader)), "FIRST");
  ASSERT_OK(Close(reader));
}

TEST_F(Semantics, S07_ReaderThatReadsLateKeepsWhatAWriterOfItsMountLeft) {
  ASSERT_OK(WriteFile("a.txt", "first"));
  const HandleId writer = Must(Open("a.txt", O_RDWR));
  const HandleId reader = Must(Open("a.txt", O_RDONLY));
  ASSERT_OK(WriteAt(writer, 0, "FIRST"));
  ASSERT_OK(Close(writer));

  Must(ApplyOne(store(), RemoveBlob{.path = {"box", "a.txt"}}, 0));

  EXPECT_EQ(Must(ReadAll(reader)), "FIRST");
  ASSERT_OK(Close(reader));
}

TEST_F(Semantics, S07_ReaderKeepsWhatAWriterOfItsMountLeftInADirectoryThatIsRenamed) {
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(WriteFile("d/a.txt", "first"));
  const HandleId writer = Must(Open("d/a.txt", O_RDWR));
  ASSERT_OK(WriteAt(writer, 0, "FIRST"));
  ASSERT_OK(fs().Sync(writer));
  const HandleId reader = Must(Open("d/a.txt", O_RDONLY));
  ASSERT_OK(Rename("d", "e"));
  ASSERT_OK(Close(writer));

  Put("e/a.txt", "second");

  EXPECT_EQ(Must(ReadAll(reader)), "FIRST");
  ASSERT_OK(Close(reader));
}

TEST_F(Semantics, S07_ReaderKeepsWhatAWriterOfItsMountLeftThoughARenameMovedWhatOthersMade) {
  const HandleId writer = Must(Open("a.txt", O_RDWR | O_CREAT));
  ASSERT_OK(WriteAt(writer, 0, "first"));
  ASSERT_OK(fs().Sync(writer));
  const HandleId reader = Must(Open("a.txt", O_RDONLY));
  Put("a.txt", "second");
  ASSERT_OK(Rename("a.txt", "b.txt"));

  ASSERT_OK(Close(writer));

  EXPECT_EQ(Must(ReadAll(reader)), "first");
  EXPECT_EQ(Must(ReadFile("b.txt")), "second");
  ASSERT_OK(Close(reader));
}

TEST_F(Semantics, S07_ReaderKeepsWhatItOpenedWhenAWriterOfItsMountFails) {
  ASSERT_OK(WriteFile("a.txt", "first"));
  const HandleId writer = Must(Open("a.txt", O_RDWR));
  ASSERT_OK(WriteAt(writer, 0, "FIRST"));
  const HandleId reader = Must(Open("a.txt", O_RDONLY));
  Put("a.txt", "second");
  SetDestination("another");

  EXPECT_CODE(kDestination, Close(writer));

  EXPECT_EQ(Must(ReadAll(reader)), "first");
  ASSERT_OK(Close(reader));
}

TEST_F(Semantics, S07_PagesOfAWriterAreNotKeptForWhatItsRenameMoved) {
  const HandleId writer = Must(Open("a.txt", O_RDWR | O_CREAT));
  ASSERT_OK(WriteAt(writer, 0, "first"));
  ASSERT_OK(fs().Sync(writer));
  Put("a.txt", "second");
  ASSERT_OK(Rename("a.txt", "b.txt"));
  ASSERT_OK(Close(writer));

  const OpenedFile opened = Must(fs().OpenNode(Must(Walk("b.txt")), O_RDONLY));

  EXPECT_EQ(opened.cache, OpenedFile::Cache::kDrop);
  EXPECT_EQ(Must(ReadAll(opened.handle)), "second");
  fs().Release(opened.handle);
}

TEST_F(Semantics, S07_AMountShowsWhatItWritesUntilItsLastClose) {
  ASSERT_OK(WriteFile("a.txt", "first"));
  const HandleId writer = Must(Open("a.txt", O_RDWR));
  ASSERT_OK(WriteAt(writer, 0, "FIRST"));
  ASSERT_OK(fs().Sync(writer));

  Put("a.txt", "second, by another");

  EXPECT_EQ(Must(ReadFile("a.txt")), "FIRST");
  EXPECT_EQ(Must(Stat("a.txt")).size_bytes, 5U);
  ASSERT_OK(Close(writer));
  EXPECT_EQ(Must(ReadFile("a.txt")), "second, by another");
}

TEST_F(Semantics, S07_AnOpenHandleThatChangesNothingHidesNothing) {
  ASSERT_OK(WriteFile("a.txt", "first"));
  const HandleId writer = Must(Open("a.txt", O_RDWR));

  Put("a.txt", "second, by another");

  EXPECT_EQ(Must(ReadAll(writer)), "first");
  EXPECT_EQ(Must(ReadFile("a.txt")), "second, by another");
  ASSERT_OK(WriteAt(writer, 0, "SECOND"));
  EXPECT_EQ(Must(ReadAll(writer)), "SECOND, by another");
  ASSERT_OK(Close(writer));
  EXPECT_EQ(Must(ReadFile("a.txt")), "SECOND, by another");
}

TEST_F(Semantics, S07_PagesOfTwoVersionsAreNotKeptForTheNewOne) {
  ASSERT_OK(WriteFile("a.txt", "one"));
  const HandleId writer = Must(Open("a.txt", O_RDWR));
  Put("a.txt", "two, by another");
  ASSERT_OK(WriteAt(writer, 0, "TWO"));
  ASSERT_OK(Close(writer));

  const NodeId node = Must(Walk("a.txt"));
  const OpenedFile first = Must(fs().OpenNode(node, O_RDONLY));
  const OpenedFile second = Must(fs().OpenNode(node, O_RDONLY));

  EXPECT_EQ(first.cache, OpenedFile::Cache::kDrop);
  EXPECT_EQ(second.cache, OpenedFile::Cache::kKeep);
  fs().Release(first.handle);
  fs().Release(second.handle);
}

TEST_F(Semantics, S27_VersionsAreFilesBelowDotVersions) {
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(WriteFile("d/a", "one"));
  ASSERT_OK(WriteFile("d/a", "second"));
  ASSERT_OK(Unlink("d/a"));
  ASSERT_OK(WriteFile("d/b", "beside it"));

  EXPECT_THAT(Must(List("")), ElementsAre("d"));
  EXPECT_THAT(Must(List(".versions")), ElementsAre("d"));
  const auto ids = Must(List(".versions/d/a"));
  ASSERT_EQ(ids.size(), 2U);
  EXPECT_EQ(Must(ReadFile(".versions/d/a/" + ids[0])), "second");
  EXPECT_EQ(Must(ReadFile(".versions/d/a/" + ids[1])), "one");
  EXPECT_EQ(Must(Stat(".versions/d/a/" + ids[1])).mode, Must(Stat("d/b")).mode);
  EXPECT_EQ(Must(Stat(".versions")).mode, S_IFDIR | 0700U);
  EXPECT_EQ(Must(Stat(".versions/d/a/" + ids[1])).size_bytes, 3U);
}

TEST_F(Semantics, S27_EntriesBelowDotVersionsAreFleeting) {
  ASSERT_OK(WriteFile("a.txt", "x"));
  const Entry root = Must(fs().Lookup(kRootNode, ".versions"));

  const Entry name = Must(fs().Lookup(root.node, "a.txt"));

  EXPECT_FALSE(root.is_fleeting);
  EXPECT_TRUE(name.is_fleeting);
  EXPECT_TRUE(fs().AbsencesAreFleeting(root.node));
  EXPECT_TRUE(fs().AbsencesAreFleeting(name.node));
  EXPECT_FALSE(fs().AbsencesAreFleeting(kRootNode));
}

TEST_F(Semantics, S28_UnlinkingAVersionDeletesIt) {
  ASSERT_OK(WriteFile("a", "one"));
  ASSERT_OK(WriteFile("a", "two"));
  const auto ids = Must(List(".versions/a"));
  SetDestination("policy");

  ASSERT_OK(Unlink(".versions/a/" + ids[1]));

  EXPECT_EQ(VersionCount("a"), 1U);
  EXPECT_EQ(Must(ReadFile("a")), "two");
}

TEST_F(Semantics, S29_VersionsCannotBeWritten) {
  ASSERT_OK(WriteFile("a", "one"));
  const std::string version = ".versions/a/" + Must(List(".versions/a"))[0];

  EXPECT_CODE(kReadOnly, Open(version, O_WRONLY));
  EXPECT_CODE(kReadOnly, SetAttributes(version, {.mode = 0}));
  EXPECT_CODE(kReadOnly, Mkdir(".versions/d"));
  EXPECT_CODE(kReadOnly, WriteFile(".versions/a/new", "x"));
  EXPECT_CODE(kExists, Mkdir(".versions"));
}

}  // namespace
}  // namespace replicafs
