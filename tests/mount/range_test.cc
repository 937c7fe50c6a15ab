// Changes of whole ranges of a file: holes, allocation, copies without their bytes.
#include <fcntl.h>
#include <unistd.h>

#include "backend/base/unique_fd.h"
#include "tests/mount/mount_fixture.h"

namespace replicafs {
namespace {

using MountedRange = MountTest;

constexpr off_t kBlock = off_t{4} << 20;

UniqueFd OpenRw(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
}

// Bytes copied; like cp, asks until nothing is left.
int64_t CopyAll(int from, int to, size_t length) {
  int64_t copied = 0;
  while (length > 0) {
    const ssize_t n = ::copy_file_range(from, nullptr, to, nullptr, length, 0);
    if (n < 0) return -1;
    if (n == 0) break;
    copied += n;
    length -= static_cast<size_t>(n);
  }
  return copied;
}

TEST_F(MountedRange, S50_AllocatedThenItGrowsUnlessItShallNot) {
  const UniqueFd file = OpenRw(Photo("f"));
  ASSERT_EQ(::write(file.get(), "data", 4), 4);

  EXPECT_EQ(ErrnoOf(::fallocate(file.get(), FALLOC_FL_KEEP_SIZE, 0, 3 * kBlock)), 0);
  EXPECT_EQ(StatOf(Photo("f")).st_size, 4);
  EXPECT_EQ(ErrnoOf(::fallocate(file.get(), 0, 2, 1000)), 0);
  EXPECT_EQ(StatOf(Photo("f")).st_size, 1002);
  EXPECT_EQ(GetFile(Photo("f")), "data" + std::string(998, '\0'));
  EXPECT_EQ(ErrnoOf(::fallocate(file.get(), 0, 0, off_t{1} << 61)), EFBIG);
  EXPECT_EQ(ErrnoOf(::fallocate(file.get(), 0, 0, off_t{1} << 41)), ENOSPC);
  EXPECT_EQ(ErrnoOf(::fallocate(file.get(), FALLOC_FL_COLLAPSE_RANGE, 0, kBlock)), EOPNOTSUPP);
}

TEST_F(MountedRange, S51_PunchedThenZerosAsOnALocalDisk) {
  const std::string local = Outside("local");
  for (const std::string& path : {local, Photo("f")}) {
    ASSERT_EQ(PutFile(path, Pattern(3 * kBlock + 100)), 0);
    const UniqueFd file = OpenRw(path);
    constexpr int kPunch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    ASSERT_EQ(ErrnoOf(::fallocate(file.get(), kPunch, kBlock, kBlock)), 0);
    ASSERT_EQ(ErrnoOf(::fallocate(file.get(), kPunch, 10, 5000)), 0);
    ASSERT_EQ(ErrnoOf(::fallocate(file.get(), kPunch, 3 * kBlock, 5 * kBlock)), 0);
    ASSERT_EQ(ErrnoOf(::fallocate(file.get(), FALLOC_FL_ZERO_RANGE, 3 * kBlock + 50, 200)), 0);
  }

  EXPECT_TRUE(GetFile(Photo("f")) == GetFile(local));
  Remount();
  EXPECT_TRUE(GetFile(Photo("f")) == GetFile(local));
}

TEST_F(MountedRange, S52_SoughtThenHolesAndDataAreFound) {
  {
    const UniqueFd file = OpenRw(Photo("f"));
    ASSERT_EQ(ErrnoOf(::ftruncate(file.get(), 4 * kBlock)), 0);
    ASSERT_EQ(::pwrite(file.get(), "x", 1, 2 * kBlock + 5), 1);
    EXPECT_EQ(::lseek(file.get(), 0, SEEK_DATA), 2 * kBlock);
    EXPECT_EQ(::lseek(file.get(), 2 * kBlock, SEEK_HOLE), 3 * kBlock);
  }
  Remount();
  const UniqueFd file = OpenRw(Photo("f"));
  EXPECT_EQ(::lseek(file.get(), 0, SEEK_HOLE), 0);
  EXPECT_EQ(::lseek(file.get(), 0, SEEK_DATA), 2 * kBlock);
  EXPECT_EQ(::lseek(file.get(), 2 * kBlock, SEEK_HOLE), 3 * kBlock);
  EXPECT_EQ(ErrnoOf(::lseek(file.get(), 3 * kBlock, SEEK_DATA)), ENXIO);
  EXPECT_EQ(ErrnoOf(::lseek(file.get(), 4 * kBlock, SEEK_HOLE)), ENXIO);
}

TEST_F(MountedRange, S53_CopiedInsideAnAccountThenEqualAndApart) {
  const std::string content = Pattern(3 * kBlock + 77);
  ASSERT_EQ(PutFile(Photo("f"), content), 0);
  for (const std::string& target : {Photo("copy"), At("west/spare/copy")}) {
    const UniqueFd from = OpenRw(Photo("f"));
    const UniqueFd to = OpenRw(target);
    ASSERT_TRUE(to.valid());
    EXPECT_EQ(CopyAll(from.get(), to.get(), content.size() + 10),
              static_cast<int64_t>(content.size()));
    ASSERT_EQ(::pwrite(to.get(), "!", 1, kBlock), 1);
  }

  std::string changed = content;
  changed[kBlock] = '!';
  EXPECT_TRUE(GetFile(Photo("f")) == content);
  EXPECT_TRUE(GetFile(Photo("copy")) == changed);
  EXPECT_TRUE(GetFile(At("west/spare/copy")) == changed);
  Remount();
  EXPECT_TRUE(GetFile(Photo("copy")) == changed);
}

TEST_F(MountedRange, WhenCopiedAtOddOffsetsThenAsOnALocalDisk) {
  const std::string local = Outside("local");
  for (const std::string& path : {local, Photo("f")}) {
    ASSERT_EQ(PutFile(path, Pattern(2 * kBlock + 999)), 0);
    ASSERT_EQ(PutFile(path + ".to", Pattern(3 * kBlock, 2)), 0);
    const UniqueFd from = OpenRw(path);
    const UniqueFd to = OpenRw(path + ".to");
    ASSERT_EQ(::lseek(from.get(), 123, SEEK_SET), 123);
    ASSERT_EQ(::lseek(to.get(), 456, SEEK_SET), 456);
    ASSERT_EQ(CopyAll(from.get(), to.get(), kBlock), kBlock);
    ASSERT_EQ(::lseek(from.get(), kBlock, SEEK_SET), kBlock);
    ASSERT_EQ(::lseek(to.get(), 2 * kBlock, SEEK_SET), 2 * kBlock);
    ASSERT_EQ(CopyAll(from.get(), to.get(), 2 * kBlock), kBlock + 999);
  }

  EXPECT_TRUE(GetFile(Photo("f.to")) == GetFile(local + ".to"));
}

}  // namespace
}  // namespace replicafs
