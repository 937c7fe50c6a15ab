// fs/SEMANTICS.md, statement by statement: the tests carry its numbers.
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/support/file_system_fixture.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class Semantics : public ::testing::Test, public MountedFixture {};

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

TEST_F(Semantics, S14_ADestinationCanBeReadAndDeletedFromAndNothingElse) {
  ASSERT_OK(WriteFile("a", "a"));
  ASSERT_OK(Mkdir("d"));
  ASSERT_OK(WriteFile("d/x", "x"));
  SetDestination("policy");

  EXPECT_CODE(kDestination, Open("new", O_WRONLY | O_CREAT));
  EXPECT_CODE(kDestination, Open("a", O_WRONLY));
  EXPECT_CODE(kDestination, Open("a", O_RDONLY | O_TRUNC));
  EXPECT_CODE(kDestination, SetAttributes("a", {.size_bytes = 0}));
  EXPECT_CODE(kDestination, SetAttributes("a", {.mode = 0600}));
  EXPECT_CODE(kDestination, SetAttributes("d", {.mtime_ns = 1}));
  EXPECT_CODE(kDestination, Mkdir("e"));
  EXPECT_CODE(kDestination, Symlink("t", "l"));
  EXPECT_CODE(kDestination, Rename("a", "b"));
  EXPECT_EQ(Must(ReadFile("a")), "a");
  EXPECT_OK(Unlink("a"));
  EXPECT_OK(Unlink("d/x"));
  EXPECT_OK(Rmdir("d"));
}

TEST_F(Semantics, S15_TheDestinationRuleEndsWithThePolicy) {
  SetDestination("policy");
  EXPECT_CODE(kDestination, WriteFile("a", "a"));

  SetDestination("");

  EXPECT_OK(WriteFile("a", "a"));
}

TEST_F(Semantics, S16_ADirectoryWithoutAMarkerStaysWhenItsLastEntryGoes) {
  Put("d/x", "x");

  ASSERT_OK(Unlink("d/x"));

  EXPECT_TRUE(S_ISDIR(Must(Stat("d")).mode));
  EXPECT_OK(Rmdir("d"));
  EXPECT_CODE(kNotFound, Stat("d"));
}

TEST_F(Semantics, S17_InADestinationRmdirOfAnEmptiedDirectorySucceeds) {
  Put("d/x", "x");
  SetDestination("policy");
  const NodeId directory = Must(Walk("d"));
  ASSERT_NE(directory.value, 0U);

  ASSERT_OK(Unlink("d/x"));

  EXPECT_OK(Rmdir("d"));
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

TEST_F(Semantics, S19_AFileBesideADirectoryIsShownEscaped) {
  Put("a", "file");
  Put("a/b", "below");

  EXPECT_THAT(Must(List("")), UnorderedElementsAre("a", "%!a%file"));
  EXPECT_TRUE(S_ISDIR(Must(Stat("a")).mode));
  EXPECT_EQ(Must(ReadFile("%!a%file")), "file");
  EXPECT_OK(Rename("%!a%file", "c"));
  EXPECT_THAT(Must(List("")), UnorderedElementsAre("a", "c"));
}

TEST_F(Semantics, S20_NamesThatLinuxCannotShowAreShownEscaped) {
  Put("x/../y", "1");
  Put("x//z", "2");
  Put(std::string(300, 'l'), "3");

  EXPECT_EQ(Must(ReadFile("x/%!.%2E/y")), "1");
  EXPECT_EQ(Must(ReadFile("x/%!/z")), "2");
  const auto names = Must(List(""));
  ASSERT_EQ(names.size(), 2U);
  EXPECT_EQ(Must(ReadFile(names[0])), "3");
  EXPECT_OK(Unlink(names[0]));
}

TEST_F(Semantics, S21_EveryLinuxNameCanBeUsed) {
  const std::string name = "odd\n\\\x01\xFF%!.";
  ASSERT_OK(WriteFile(name, "odd"));

  EXPECT_THAT(Must(List("")), ElementsAre(name));
  EXPECT_EQ(Must(ReadFile(name)), "odd");
  EXPECT_CODE(kNameTooLong, WriteFile(std::string(256, 'a'), ""));
}

TEST_F(Semantics, S21_NamesThatTheAccountDoesNotTakeAreRefused) {
  ASSERT_EQ(store().capabilities().names.max_chars, 1024U);
  std::string directory(250, 'd');
  ASSERT_OK(Mkdir(directory));
  for (int i = 0; i < 3; ++i) ASSERT_OK(Mkdir(directory += "/" + std::string(250, 'd')));
  const std::string longest = directory + "/" + std::string(1024 - directory.size() - 1, 'f');

  EXPECT_OK(WriteFile(longest, "fits"));
  EXPECT_CODE(kNameTooLong, WriteFile(longest + "x", ""));
  EXPECT_CODE(kNameTooLong, Mkdir(longest + "x"));
  EXPECT_CODE(kNameTooLong, Rename(longest, longest + "x"));
  EXPECT_CODE(kNameTooLong,
              Rename(std::string(250, 'd'), "longer than it was" + std::string(237, 'd')));
  EXPECT_EQ(Must(ReadFile(longest)), "fits");
}

TEST_F(Semantics, S22_InodeNumbersAreStable) {
  ASSERT_OK(WriteFile("a", "a"));
  ASSERT_OK(Mkdir("d"));
  const uint64_t file = Must(Stat("a")).inode;
  const uint64_t directory = Must(Stat("d")).inode;

  ASSERT_OK(WriteFile("a", "changed"));
  ASSERT_OK(Rename("a", "d/b"));
  Remount();

  EXPECT_EQ(Must(Stat("d/b")).inode, file);
  EXPECT_EQ(Must(Stat("d")).inode, directory);
}

TEST_F(Semantics, S23_ANewFileKeepsItsNumber) {
  const HandleId handle = Must(Open("a", O_RDWR | O_CREAT));
  const uint64_t before = Must(Stat("a")).inode;

  ASSERT_OK(fs().Flush(handle));

  EXPECT_EQ(Must(Stat("a")).inode, before);
  ASSERT_OK(Close(handle));
  Remount();
  EXPECT_EQ(Must(Stat("a")).inode, before);
}

TEST_F(Semantics, S24_AttributesAreKept) {
  ASSERT_OK(WriteFile("a", "a"));
  ASSERT_OK(Mkdir("d"));
  const AttributeChange change{.mode = 0751, .uid = 7, .gid = 8, .mtime_ns = 1'234'567'890'123};
  ASSERT_OK(SetAttributes("a", change));
  ASSERT_OK(SetAttributes("d", change));

  Remount();

  for (const std::string name : {"a", "d"}) {
    const Attributes attributes = Must(Stat(name));
    EXPECT_EQ(attributes.mode & 07777, 0751U);
    EXPECT_EQ(attributes.uid, 7U);
    EXPECT_EQ(attributes.gid, 8U);
    EXPECT_EQ(attributes.mtime_ns, 1'234'567'890'123);
  }
  EXPECT_EQ(VersionCount("a"), 1U);
}

TEST_F(Semantics, S25_TimesSetOnAnOpenFileSurviveItsClose) {
  const HandleId handle = Must(Open("a", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(handle, 0, "a"));
  ASSERT_OK(SetAttributes("a", {.mode = 0600, .mtime_ns = 42}));

  ASSERT_OK(Close(handle));

  EXPECT_EQ(Must(Stat("a")).mtime_ns, 42);
  EXPECT_EQ(Must(Stat("a")).mode & 07777, 0600U);
  EXPECT_EQ(VersionCount("a"), 1U);
}

TEST_F(Semantics, S25_AttributesAreMovingUntilTheyAreCommitted) {
  ASSERT_OK(Mkdir("d"));
  const HandleId handle = Must(Open("d/a.txt", O_WRONLY | O_CREAT));
  ASSERT_OK(WriteAt(handle, 0, "hello"));
  EXPECT_TRUE(Must(Stat("d/a.txt")).is_moving);
  EXPECT_TRUE(Must(Stat("d")).is_moving);

  ASSERT_OK(fs().Flush(handle));

  const Attributes committed = Must(Stat("d/a.txt"));
  EXPECT_FALSE(committed.is_moving);
  EXPECT_FALSE(Must(Stat("d")).is_moving);
  fs().Release(handle);
  EXPECT_EQ(Must(Stat("d/a.txt")).ctime_ns, committed.ctime_ns);
}

TEST_F(Semantics, S26_ADirectorysTimeMovesWithItsEntries) {
  ASSERT_OK(Mkdir("d"));
  const int64_t made = Must(Stat("d")).mtime_ns;
  ASSERT_OK(WriteFile("d/x", "x"));
  const int64_t added = Must(Stat("d")).mtime_ns;

  ASSERT_OK(SetAttributes("d", {.mode = 0700}));
  const int64_t changed_mode = Must(Stat("d")).mtime_ns;
  ASSERT_OK(Unlink("d/x"));

  EXPECT_GT(added, made);
  EXPECT_EQ(changed_mode, added);
  EXPECT_GT(Must(Stat("d")).mtime_ns, added);
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

TEST_F(Semantics, S32_AppendsGoToTheEnd) {
  ASSERT_OK(WriteFile("log", "1"));
  const HandleId first = Must(Open("log", O_WRONLY | O_APPEND));
  const HandleId second = Must(Open("log", O_WRONLY | O_APPEND));

  ASSERT_OK(WriteAt(first, 0, "2"));
  ASSERT_OK(WriteAt(second, 0, "3"));
  ASSERT_OK(Close(first));
  ASSERT_OK(Close(second));

  EXPECT_EQ(Must(ReadFile("log")), "123");
}

TEST_F(Semantics, S36_ADirectorysLinksCountItsSubdirectories) {
  ASSERT_OK(Mkdir("made"));
  ASSERT_OK(WriteFile("made/file", "1"));
  Put("implied/deep/file", "1");
  EXPECT_EQ(Must(Stat("")).links, 4U);
  EXPECT_EQ(Must(Stat("made")).links, 2U);
  EXPECT_EQ(Must(Stat("implied")).links, 3U);

  ASSERT_OK(Rename("implied/deep", "made/deep"));
  ASSERT_OK(Mkdir("made/empty"));

  EXPECT_EQ(Must(Stat("")).links, 4U);
  EXPECT_EQ(Must(Stat("made")).links, 4U);
  EXPECT_EQ(Must(Stat("implied")).links, 2U);
  ASSERT_OK(Rmdir("made/empty"));
  ASSERT_OK(Rmdir("implied"));
  EXPECT_EQ(Must(Stat("made")).links, 3U);
  EXPECT_EQ(Must(Stat("")).links, 3U);
}

TEST_F(Semantics, S33_SymlinksAndSpecialFilesAreKept) {
  ASSERT_OK(Symlink("../target", "l"));
  Must(fs().MakeNode(kRootNode, "fifo", S_IFIFO | 0600, 0, kRoot));
  Remount();

  EXPECT_EQ(Must(fs().ReadSymlink(Must(Walk("l")))), "../target");
  EXPECT_EQ(Must(Stat("l")).mode, S_IFLNK | 0777U);
  EXPECT_EQ(Must(Stat("fifo")).mode, S_IFIFO | 0600U);
}

}  // namespace
}  // namespace replicafs
