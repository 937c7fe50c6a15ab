#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <set>

#include "backend/base/unique_fd.h"
#include "tests/mount/mount_fixture.h"

namespace replicafs {
namespace {

using MountedName = MountTest;

int RenameWith(const std::string& from, const std::string& to, unsigned flags) {
  return ErrnoOf(::syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags));
}

TEST_F(MountedName, WhenTheRootIsListedThenAccountsAndContainersAreDirectories) {
  EXPECT_EQ(NamesIn(mountpoint_), (std::vector<std::string>{"east", "west"}));
  EXPECT_EQ(NamesIn(At("west")), (std::vector<std::string>{"photos", "spare"}));
  EXPECT_TRUE(S_ISDIR(StatOf(At("west/photos")).st_mode));
}

TEST_F(MountedName, WhenAbsentThenEveryQuestionSaysSo) {
  EXPECT_EQ(ErrnoOf(::open(Photo("no").c_str(), O_RDONLY)), ENOENT);
  EXPECT_EQ(ErrnoOf(::unlink(Photo("no").c_str())), ENOENT);
  EXPECT_EQ(ErrnoOf(::rmdir(Photo("no").c_str())), ENOENT);
  EXPECT_EQ(ErrnoOf(::open(Photo("no/deeper").c_str(), O_CREAT | O_WRONLY, 0600)), ENOENT);
}

TEST_F(MountedName, WhenAnAbsenceWasAskedForThenACreationIsSeenAtOnce) {
  ASSERT_FALSE(Exists(Photo("f")));

  ASSERT_EQ(PutFile(Photo("f"), "now"), 0);

  EXPECT_EQ(GetFile(Photo("f")), "now");
}

TEST_F(MountedName, WhenDirectoriesAreMadeThenTheyAreEmptyAndRemovable) {
  ASSERT_EQ(::mkdir(Photo("d").c_str(), 0755), 0);
  ASSERT_EQ(::mkdir(Photo("d/e").c_str(), 0700), 0);
  EXPECT_EQ(ErrnoOf(::mkdir(Photo("d").c_str(), 0755)), EEXIST);
  EXPECT_EQ(ErrnoOf(::rmdir(Photo("d").c_str())), ENOTEMPTY);
  EXPECT_EQ(StatOf(Photo("d/e")).st_mode, static_cast<mode_t>(S_IFDIR | 0700));

  Remount();

  EXPECT_EQ(NamesIn(Photo("d")), std::vector<std::string>{"e"});
  EXPECT_EQ(::rmdir(Photo("d/e").c_str()), 0);
  EXPECT_EQ(::rmdir(Photo("d").c_str()), 0);
  EXPECT_FALSE(Exists(Photo("d")));
}

TEST_F(MountedName, WhenTheLastFileOfADirectoryGoesThenTheDirectoryStays) {
  ASSERT_EQ(::mkdir(Photo("d").c_str(), 0755), 0);
  ASSERT_EQ(PutFile(Photo("d/f"), "x"), 0);

  ASSERT_EQ(::unlink(Photo("d/f").c_str()), 0);

  EXPECT_TRUE(S_ISDIR(StatOf(Photo("d")).st_mode));
  EXPECT_EQ(NamesIn(Photo("d")), std::vector<std::string>{});
}

TEST_F(MountedName, WhenTheKindIsWrongThenTheErrorSaysWhich) {
  ASSERT_EQ(::mkdir(Photo("d").c_str(), 0755), 0);
  ASSERT_EQ(PutFile(Photo("f"), "x"), 0);

  EXPECT_EQ(ErrnoOf(::rmdir(Photo("f").c_str())), ENOTDIR);
  EXPECT_EQ(ErrnoOf(::unlink(Photo("d").c_str())), EISDIR);
  EXPECT_EQ(ErrnoOf(::open(Photo("f/g").c_str(), O_RDONLY)), ENOTDIR);
  EXPECT_EQ(ErrnoOf(::open(Photo("d").c_str(), O_WRONLY)), EISDIR);
  EXPECT_EQ(ErrnoOf(::rename(Photo("d").c_str(), Photo("f").c_str())), ENOTDIR);
  EXPECT_EQ(ErrnoOf(::rename(Photo("f").c_str(), Photo("d").c_str())), EISDIR);
}

TEST_F(MountedName, WhenADirectoryIsRenamedThenItsContentComesAlong) {
  ASSERT_EQ(::mkdir(Photo("d").c_str(), 0755), 0);
  ASSERT_EQ(::mkdir(Photo("d/e").c_str(), 0755), 0);
  ASSERT_EQ(PutFile(Photo("d/e/f"), "deep"), 0);
  const auto inode = StatOf(Photo("d/e/f")).st_ino;

  ASSERT_EQ(::rename(Photo("d").c_str(), Photo("moved").c_str()), 0);

  EXPECT_FALSE(Exists(Photo("d")));
  EXPECT_EQ(GetFile(Photo("moved/e/f")), "deep");
  EXPECT_EQ(StatOf(Photo("moved/e/f")).st_ino, inode);
}

TEST_F(MountedName, WhenExchangedThenNamesInodesAndOpenFilesChangePlaces) {
  ASSERT_EQ(PutFile(Photo("f"), "file"), 0);
  ASSERT_EQ(::mkdir(Photo("d").c_str(), 0755), 0);
  ASSERT_EQ(::mkdir(Photo("d/sub").c_str(), 0755), 0);
  ASSERT_EQ(PutFile(Photo("d/x"), "deep"), 0);
  ASSERT_EQ(::mkdir(Photo("e").c_str(), 0755), 0);
  ASSERT_EQ(PutFile(Photo("e/y"), "other"), 0);
  const auto file = StatOf(Photo("f")).st_ino;
  const auto directory = StatOf(Photo("d")).st_ino;
  UniqueFd open = Must(OpenFile(Photo("d/x"), O_WRONLY | O_APPEND));

  ASSERT_EQ(RenameWith(Photo("d"), Photo("e"), RENAME_EXCHANGE), 0);
  ASSERT_EQ(::write(open.get(), "er", 2), 2);
  ASSERT_EQ(RenameWith(Photo("f"), Photo("d"), RENAME_EXCHANGE), 0);
  ASSERT_EQ(ErrnoOf(::close(open.Release())), 0);

  for (const bool remounted : {false, true}) {
    SCOPED_TRACE(remounted ? "remounted" : "at once");
    if (remounted) Remount();
    EXPECT_EQ(GetFile(Photo("d")), "file");
    EXPECT_EQ(GetFile(Photo("f/y")), "other");
    EXPECT_EQ(GetFile(Photo("e/x")), "deeper");
    EXPECT_EQ(StatOf(Photo("d")).st_ino, file);
    EXPECT_EQ(StatOf(Photo("e")).st_ino, directory);
    EXPECT_EQ(StatOf(Photo("e")).st_nlink, 3U);
    EXPECT_EQ(StatOf(Photo("f")).st_nlink, 2U);
  }
}

TEST_F(MountedName, WhenExchangedWronglyThenTheErrorsAreThoseOfTheManual) {
  ASSERT_EQ(PutFile(Photo("f"), "file"), 0);
  ASSERT_EQ(::mkdir(Photo("d").c_str(), 0755), 0);
  ASSERT_EQ(PutFile(Photo("d/x"), "deep"), 0);
  ASSERT_EQ(PutFile(At("west/spare/s"), "spare"), 0);

  EXPECT_EQ(RenameWith(Photo("f"), Photo("no"), RENAME_EXCHANGE), ENOENT);
  EXPECT_EQ(RenameWith(Photo("d"), Photo("d/x"), RENAME_EXCHANGE), EINVAL);
  EXPECT_EQ(RenameWith(Photo("d/x"), Photo("d"), RENAME_EXCHANGE), EINVAL);
  EXPECT_EQ(RenameWith(Photo("f"), At("west/spare/s"), RENAME_EXCHANGE), EXDEV);
  EXPECT_EQ(RenameWith(Photo("f"), Photo("d"), RENAME_EXCHANGE | RENAME_NOREPLACE), EINVAL);
  EXPECT_EQ(GetFile(Photo("f")), "file");
}

TEST_F(MountedName, WhenRenamedWithFlagsThenEachIsObeyedOrRefused) {
  ASSERT_EQ(PutFile(Photo("a"), "a"), 0);
  ASSERT_EQ(PutFile(Photo("b"), "b"), 0);

  EXPECT_EQ(RenameWith(Photo("a"), Photo("b"), RENAME_NOREPLACE), EEXIST);
  EXPECT_EQ(RenameWith(Photo("a"), Photo("b"), RENAME_WHITEOUT), EINVAL);
  EXPECT_EQ(RenameWith(Photo("a"), Photo("c"), RENAME_NOREPLACE), 0);
  EXPECT_EQ(GetFile(Photo("b")), "b");
  EXPECT_EQ(GetFile(Photo("c")), "a");
}

TEST_F(MountedName, WhenMovedToAnotherContainerThenTheCallerMustCopy) {
  ASSERT_EQ(PutFile(Photo("a"), "a"), 0);

  EXPECT_EQ(ErrnoOf(::rename(Photo("a").c_str(), At("west/spare/a").c_str())), EXDEV);
  EXPECT_EQ(ErrnoOf(::rename(Photo("a").c_str(), At("east/copy/a").c_str())), EXDEV);
}

TEST_F(MountedName, WhenLinkedThenSymbolicLinksWorkAndHardLinksDoNot) {
  ASSERT_EQ(PutFile(Photo("f"), "content"), 0);

  EXPECT_EQ(ErrnoOf(::link(Photo("f").c_str(), Photo("hard").c_str())), EPERM);
  ASSERT_EQ(::symlink("f", Photo("soft").c_str()), 0);

  Remount();
  char target[16]{};
  EXPECT_EQ(::readlink(Photo("soft").c_str(), target, sizeof target), 1);
  EXPECT_STREQ(target, "f");
  EXPECT_EQ(GetFile(Photo("soft")), "content");
  EXPECT_TRUE(S_ISLNK(StatOf(Photo("soft")).st_mode));
}

TEST_F(MountedName, WhenANameIsTooLongThenItIsRefused) {
  EXPECT_EQ(Touch(Photo(std::string(255, 'n'))), 0);
  EXPECT_EQ(Touch(Photo(std::string(256, 'n'))), ENAMETOOLONG);
}

TEST_F(MountedName, WhenTheNameIsUnusualThenItComesBackUnchanged) {
  const std::set<std::string> names = {" leading", "trailing ", "tab\there",   "q?*[x]",
                                       "ünï→漢字", "..three",   "back\\slash", "100%",
                                       "-rf",      "new\nline"};
  for (const std::string& name : names) EXPECT_EQ(PutFile(Photo(name), name), 0) << name;

  Remount();

  const std::vector<std::string> found = NamesIn(At("west/photos"));
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), names);
  for (const std::string& name : names) EXPECT_EQ(GetFile(Photo(name)), name);
}

TEST_F(MountedName, WhenADirectoryHasTenThousandFilesThenEachIsListedOnce) {
  ASSERT_EQ(::mkdir(Photo("d").c_str(), 0755), 0);
  std::vector<std::string> names;
  for (int i = 10'000; i < 20'000; ++i) {
    names.push_back("f" + std::to_string(i));
    ASSERT_EQ(PutFile(Photo("d/" + names.back()), ""), 0);
  }

  EXPECT_EQ(NamesIn(Photo("d")), names);
  Remount();
  EXPECT_EQ(NamesIn(Photo("d")), names);
}

TEST_F(MountedName, WhenFilesAreRemovedWhileListedThenAllGo) {
  ASSERT_EQ(::mkdir(Photo("d").c_str(), 0755), 0);
  for (int i = 0; i < 3000; ++i) ASSERT_EQ(Touch(Photo("d/f" + std::to_string(i))), 0);

  EXPECT_SHELL("rm -r '" + Photo("d") + "'");

  EXPECT_FALSE(Exists(Photo("d")));
}

TEST_F(MountedName, WhenRemountedThenInodeNumbersStay) {
  ASSERT_EQ(::mkdir(Photo("d").c_str(), 0755), 0);
  ASSERT_EQ(PutFile(Photo("d/f"), "x"), 0);
  Remount();
  const auto directory = StatOf(Photo("d")).st_ino;
  const auto file = StatOf(Photo("d/f")).st_ino;
  const auto container = StatOf(At("west/photos")).st_ino;

  Remount();

  EXPECT_EQ(StatOf(Photo("d/f")).st_ino, file);
  EXPECT_EQ(StatOf(Photo("d")).st_ino, directory);
  EXPECT_EQ(StatOf(At("west/photos")).st_ino, container);
}

TEST_F(MountedName, WhenMadeAboveTheContainersThenItIsRefused) {
  EXPECT_EQ(ErrnoOf(::mkdir(At("north").c_str(), 0755)), EACCES);
  EXPECT_EQ(Touch(At("file")), EACCES);
  EXPECT_EQ(Touch(At("west/file")), EACCES);
}

}  // namespace
}  // namespace replicafs
