// Statements of fs/SEMANTICS.md on durability and visibility.
#include <fcntl.h>

#include "tests/fs/core/semantics.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;

TEST_F(Semantics, S01_CloseMakesWhatWasWrittenDurable) {
  ASSERT_OK(WriteFile("a.txt", "hello"));

  Remount();

  EXPECT_EQ(Must(ReadFile("a.txt")), "hello");
}

TEST_F(Semantics, S02_SyncMakesWhatWasWrittenDurable) {
  const HandleId handle = Must(Open("a.txt", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(handle, 0, "hello"));

  ASSERT_OK(fs().Sync(handle));

  EXPECT_EQ(Must(store().Stat({"box", "a.txt"})).size_bytes, 5U);
  ASSERT_OK(Close(handle));
}

TEST_F(Semantics, S02_SyncThroughAReaderMakesWhatOthersWroteDurable) {
  ASSERT_OK(WriteFile("a.txt", "old"));
  const HandleId writer = Must(Open("a.txt", O_WRONLY));
  const HandleId reader = Must(Open("a.txt", O_RDONLY));
  ASSERT_OK(WriteAt(writer, 0, "hello"));

  ASSERT_OK(fs().Sync(reader));

  EXPECT_EQ(Must(store().Stat({"box", "a.txt"})).size_bytes, 5U);
  ASSERT_OK(Close(reader));
  ASSERT_OK(Close(writer));
}

TEST_F(Semantics, S03_ANewFileIsInThisMountAloneUntilItsFirstCommit) {
  const HandleId handle = Must(Open("a.txt", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(handle, 0, "hello"));

  EXPECT_CODE(kNotFound, store().Stat({"box", "a.txt"}));
  EXPECT_EQ(Must(Stat("a.txt")).size_bytes, 5U);
  EXPECT_THAT(Must(List("")), ElementsAre("a.txt"));
  ASSERT_OK(Close(handle));
  EXPECT_OK(store().Stat({"box", "a.txt"}));
  EXPECT_THAT(Must(List("")), ElementsAre("a.txt"));
}

TEST_F(Semantics, S03_ARenameThatIsRefusedCommitsNothing) {
  ASSERT_OK(WriteFile("theirs", "x"));
  const HandleId handle = Must(Open("new", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(handle, 0, "not closed"));

  EXPECT_CODE(kExists, Rename("new", "theirs", RenameMode::kNoReplace));

  EXPECT_CODE(kNotFound, store().Stat({"box", "new"}));
  ASSERT_OK(Close(handle));
}

TEST_F(Semantics, S04_ReadersOfTheMountSeeWhatIsNotCommitted) {
  ASSERT_OK(WriteFile("a.txt", "old"));
  const HandleId reader = Must(Open("a.txt", O_RDONLY));
  const HandleId writer = Must(Open("a.txt", O_WRONLY));

  ASSERT_OK(WriteAt(writer, 0, "NEWER"));

  EXPECT_EQ(Must(ReadAll(reader)), "NEWER");
  EXPECT_EQ(Must(store().Stat({"box", "a.txt"})).size_bytes, 3U);
  ASSERT_OK(Close(writer));
  EXPECT_EQ(Must(ReadAll(reader)), "NEWER");
  ASSERT_OK(Close(reader));
}

TEST_F(Semantics, S05_AFailedCommitIsReportedAndTheDataKept) {
  const HandleId handle = Must(Open("a.txt", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(handle, 0, "kept"));
  SetDestination("policy");

  EXPECT_CODE(kDestination, fs().Flush(handle));
  SetDestination("");

  ASSERT_OK(Close(handle));
  EXPECT_EQ(Must(ReadFile("a.txt")), "kept");
}

TEST_F(Semantics, S30_ExclusiveCreationFindsWhatOthersMade) {
  const HandleId handle = Must(Open("a", O_WRONLY | O_CREAT | O_EXCL));
  Put("a", "theirs");

  EXPECT_CODE(kExists, fs().Flush(handle));

  fs().Release(handle);
  EXPECT_EQ(Must(ReadFile("a")), "theirs");
  EXPECT_CODE(kExists, Open("a", O_WRONLY | O_CREAT | O_EXCL));
}

TEST_F(Semantics, S30_AFileMadeWhereAnotherMountRemovedOneIsANewFile) {
  ASSERT_OK(WriteFile("a.txt", "old"));
  const HandleId old = Must(Open("a.txt", O_RDWR));
  ASSERT_OK(WriteAt(old, 0, "OLD"));
  Must(ApplyOne(store(), RemoveBlob{.path = {"box", "a.txt"}}, 0));

  const HandleId made = Must(Open("a.txt", O_WRONLY | O_CREAT | O_EXCL));
  ASSERT_OK(WriteAt(made, 0, "new file"));

  EXPECT_EQ(Must(ReadAll(old)), "OLD");
  ASSERT_OK(Close(made));
  ASSERT_OK(Close(old));
  EXPECT_EQ(Must(ReadFile("a.txt")), "new file");
}

TEST_F(Semantics, S31_TheLastCloseWinsAndBothAreVersions) {
  ASSERT_OK(WriteFile("a", "base"));
  const HandleId handle = Must(Open("a", O_WRONLY));
  ASSERT_OK(WriteAt(handle, 0, "MINE"));
  Put("a", "theirs");

  ASSERT_OK(Close(handle));

  EXPECT_EQ(Must(ReadFile("a")), "MINE");
  EXPECT_EQ(VersionCount("a"), 3U);
}

}  // namespace
}  // namespace replicafs
