// Statements of fs/SEMANTICS.md on attributes.
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/fs/core/semantics.h"

namespace replicafs {
namespace {

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
