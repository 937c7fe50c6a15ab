// Statements of fs/SEMANTICS.md on removing and renaming.
#include <fcntl.h>

#include "tests/fs/core/semantics.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;

TEST_F(Semantics, S08_AnUnlinkedOpenFileStaysReadableAndWritable) {
  ASSERT_OK(WriteFile("a.txt", "hello"));
  const HandleId handle = Must(Open("a.txt", O_RDWR));

  ASSERT_OK(Unlink("a.txt"));

  EXPECT_EQ(Must(ReadAll(handle)), "hello");
  ASSERT_OK(WriteAt(handle, 5, " there"));
  EXPECT_EQ(Must(ReadAll(handle)), "hello there");
  ASSERT_OK(Close(handle));
  EXPECT_CODE(kNotFound, Stat("a.txt"));
  EXPECT_CODE(kNotFound, store().Stat({"box", "a.txt"}));
}

TEST_F(Semantics, S08_AReplacedFileIsReadAsThisMountLastLeftIt) {
  ASSERT_OK(WriteFile("a", "long content"));
  ASSERT_OK(WriteFile("b", "other"));
  const HandleId handle = Must(Open("a", O_RDONLY));
  ASSERT_OK(SetAttributes("a", {.size_bytes = 4}));

  ASSERT_OK(Rename("b", "a"));

  EXPECT_EQ(Must(ReadAll(handle)), "long");
  ASSERT_OK(Close(handle));
}

TEST_F(Semantics, S09_AnOpenFileFollowsItsRename) {
  const HandleId handle = Must(Open("a.txt", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(handle, 0, "one"));
  ASSERT_OK(Mkdir("d"));

  ASSERT_OK(Rename("a.txt", "d/b.txt"));
  ASSERT_OK(Rename("d", "e"));
  ASSERT_OK(WriteAt(handle, 3, "two"));
  ASSERT_OK(Close(handle));

  EXPECT_EQ(Must(ReadFile("e/b.txt")), "onetwo");
  EXPECT_CODE(kNotFound, Stat("a.txt"));
  EXPECT_CODE(kNotFound, Stat("d"));
}

TEST_F(Semantics, S10_RenameReplacesAtOnceAndKeepsBothHistories) {
  ASSERT_OK(WriteFile("a", "source"));
  ASSERT_OK(WriteFile("b", "target"));

  ASSERT_OK(Rename("a", "b"));

  EXPECT_EQ(Must(ReadFile("b")), "source");
  EXPECT_EQ(VersionCount("a"), 1U);
  EXPECT_EQ(VersionCount("b"), 2U);
  EXPECT_THAT(Must(List("")), ElementsAre("b"));
}

TEST_F(Semantics, S11_RenameOfADirectoryMovesEverythingBelow) {
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(Mkdir("d/e"));
  ASSERT_OK(WriteFile("d/e/f", "deep"));

  ASSERT_OK(Rename("d", "g"));

  EXPECT_EQ(Must(ReadFile("g/e/f")), "deep");
  EXPECT_THAT(Must(List("")), ElementsAre("g"));
  EXPECT_CODE(kInvalid, Rename("g", "g/e/h"));
}

TEST_F(Semantics, S12_RenameRefusesWhatPosixRefuses) {
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(Mkdir("full"));
  ASSERT_OK(WriteFile("full/x", "x"));
  ASSERT_OK(WriteFile("f", "f"));

  EXPECT_CODE(kNotEmpty, Rename("d", "full"));
  EXPECT_CODE(kNotDirectory, Rename("d", "f"));
  EXPECT_CODE(kIsDirectory, Rename("f", "d"));
  EXPECT_CODE(kExists, Rename("f", "full/x", RenameMode::kNoReplace));
  EXPECT_CODE(kNotFound, Rename("none", "d2"));
  EXPECT_OK(Rename("full", "d"));
}

TEST_F(Semantics, S37_TwoFilesChangePlaces) {
  ASSERT_OK(WriteFile("a", "one"));
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(WriteFile("d/b", "two"));
  const uint64_t one = Must(Stat("a")).inode;
  const uint64_t two = Must(Stat("d/b")).inode;

  ASSERT_OK(Rename("a", "d/b", RenameMode::kExchange));

  EXPECT_EQ(Must(ReadFile("a")), "two");
  EXPECT_EQ(Must(ReadFile("d/b")), "one");
  EXPECT_EQ(Must(Stat("a")).inode, two);
  EXPECT_EQ(Must(Stat("d/b")).inode, one);
  Remount();
  EXPECT_EQ(Must(Stat("a")).inode, two);
  EXPECT_EQ(VersionCount("a"), 2U);
}

TEST_F(Semantics, S37_OpenAndUncommittedFilesFollowTheExchange) {
  const HandleId fresh = Must(Open("a", O_RDWR | O_CREAT));
  ASSERT_OK(WriteAt(fresh, 0, "one"));
  ASSERT_OK(WriteFile("b", "two"));
  const HandleId old = Must(Open("b", O_RDWR));
  ASSERT_OK(WriteAt(old, 3, ", too"));

  ASSERT_OK(Rename("a", "b", RenameMode::kExchange));
  ASSERT_OK(WriteAt(fresh, 3, "!"));
  ASSERT_OK(WriteAt(old, 8, "!"));
  ASSERT_OK(Close(fresh));
  ASSERT_OK(Close(old));

  EXPECT_EQ(Must(ReadFile("a")), "two, too!");
  EXPECT_EQ(Must(ReadFile("b")), "one!");
}

TEST_F(Semantics, S37_DirectoriesChangePlacesWithAllThatIsInThem) {
  ASSERT_OK(Mkdir("made"));
  ASSERT_OK(WriteFile("made/x", "made"));
  Put("implied/deep/x", "implied");
  const HandleId handle = Must(Open("made/new", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(handle, 0, "new"));
  const uint64_t made = Must(Stat("made")).inode;
  const uint64_t implied = Must(Stat("implied")).inode;

  ASSERT_OK(Rename("made", "implied", RenameMode::kExchange));

  EXPECT_EQ(Must(Stat("implied")).inode, made);
  EXPECT_EQ(Must(Stat("made")).inode, implied);
  EXPECT_EQ(Must(ReadFile("implied/x")), "made");
  EXPECT_EQ(Must(ReadFile("made/deep/x")), "implied");
  ASSERT_OK(Close(handle));
  EXPECT_EQ(Must(ReadFile("implied/new")), "new");
  EXPECT_THAT(Must(List("made")), ElementsAre("deep"));
  EXPECT_EQ(Must(Stat("made")).links, 3U);
  EXPECT_EQ(Must(Stat("implied")).links, 2U);
}

TEST_F(Semantics, S37_AFileAndADirectoryChangePlaces) {
  ASSERT_OK(Mkdir("empty"));
  ASSERT_OK(WriteFile("f", "file"));
  Put("full/x", "x");
  const uint64_t file = Must(Stat("f")).inode;
  const uint64_t empty = Must(Stat("empty")).inode;

  ASSERT_OK(Rename("f", "empty", RenameMode::kExchange));
  EXPECT_EQ(Must(Stat("empty")).inode, file);
  EXPECT_EQ(Must(Stat("f")).inode, empty);
  EXPECT_THAT(Must(List("f")), ElementsAre());

  ASSERT_OK(Rename("full", "empty", RenameMode::kExchange));
  EXPECT_EQ(Must(ReadFile("full")), "file");
  EXPECT_EQ(Must(ReadFile("empty/x")), "x");
  EXPECT_EQ(Must(Stat("full")).inode, file);
}

TEST_F(Semantics, S37_ExchangeRefusesWhatCannotBe) {
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(WriteFile("d/f", "f"));
  Put("both", "file");
  Put("both/x", "x");

  EXPECT_CODE(kNotFound, Rename("d", "none", RenameMode::kExchange));
  EXPECT_CODE(kNotFound, Rename("none", "d", RenameMode::kExchange));
  EXPECT_CODE(kInvalid, Rename("d", "d/f", RenameMode::kExchange));
  EXPECT_CODE(kInvalid, Rename("d/f", "d", RenameMode::kExchange));
  EXPECT_CODE(kInvalid, Rename("d", "both", RenameMode::kExchange));
  EXPECT_CODE(kInvalid, Rename("%!both%file", "d", RenameMode::kExchange));
  EXPECT_CODE(kPermission, Rename("d", ".versions", RenameMode::kExchange));
  EXPECT_OK(Rename("d", "d", RenameMode::kExchange));
  SetDestination("policy");
  EXPECT_CODE(kDestination, Rename("d", "d/f", RenameMode::kExchange));
}

TEST_F(Semantics, S13_RenameIntoAnotherContainerIsRefused) {
  MountedFixture all(MountScope{.account = "memory"});
  Must(ApplyOne(all.store(), CreateContainer{"other"}, 0));
  ASSERT_OK(all.WriteFile("box/a", "x"));

  EXPECT_CODE(kCrossDevice, all.Rename("box/a", "other/a"));
}

TEST_F(Semantics, S18_OnlyEmptyDirectoriesAreRemoved) {
  ASSERT_OK(Mkdir("d"));
  const HandleId handle = Must(Open("d/pending", O_WRONLY | O_CREAT));

  EXPECT_CODE(kNotEmpty, Rmdir("d"));

  ASSERT_OK(Close(handle));
  EXPECT_CODE(kNotEmpty, Rmdir("d"));
  EXPECT_CODE(kIsDirectory, Unlink("d"));
  EXPECT_CODE(kNotDirectory, Rmdir("d/pending"));
}

}  // namespace
}  // namespace replicafs
