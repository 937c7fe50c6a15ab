#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/mount/mount_fixture.h"

namespace replicafs {
namespace {

using MountedAttribute = MountTest;

bool Contains(const std::vector<std::string>& list, const std::string& what) {
  return std::find(list.begin(), list.end(), what) != list.end();
}

TEST_F(MountedAttribute, WhenModeOwnerAndTimesAreSetThenTheyOutliveARemount) {
  ASSERT_EQ(PutFile(Photo("f"), "x"), 0);
  const timespec times[2] = {{1'000'000'000, 0}, {1'234'567'890, 123'456'700}};
  ASSERT_EQ(::chmod(Photo("f").c_str(), 0640), 0);
  ASSERT_EQ(::chown(Photo("f").c_str(), 1234, 5678), 0);
  ASSERT_EQ(::utimensat(AT_FDCWD, Photo("f").c_str(), times, 0), 0);

  Remount();

  const struct stat info = StatOf(Photo("f"));
  EXPECT_EQ(info.st_mode, static_cast<mode_t>(S_IFREG | 0640));
  EXPECT_EQ(info.st_uid, 1234U);
  EXPECT_EQ(info.st_gid, 5678U);
  EXPECT_EQ(info.st_mtim.tv_sec, 1'234'567'890);
  EXPECT_EQ(info.st_mtim.tv_nsec, 123'456'700);
}

TEST_F(MountedAttribute, WhenWrittenThenTheModificationTimeMovesForward) {
  ASSERT_EQ(PutFile(Photo("f"), "x"), 0);
  const timespec times[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, Photo("f").c_str(), times, 0), 0);

  ASSERT_EQ(AppendFile(Photo("f"), "y"), 0);

  EXPECT_GT(StatOf(Photo("f")).st_mtim.tv_sec, 1'000'000'000);
}

TEST_F(MountedAttribute, WhenUserAttributesAreSetThenTheyAreListedAndOutliveARemount) {
  ASSERT_EQ(PutFile(Photo("f"), "x"), 0);
  ASSERT_EQ(SetXattr(Photo("f"), "user.colour", "blue"), 0);
  ASSERT_EQ(SetXattr(Photo("f"), "user.binary", std::string_view("\0\xff\n", 3)), 0);

  Remount();

  EXPECT_EQ(GetXattr(Photo("f"), "user.colour"), "blue");
  EXPECT_EQ(GetXattr(Photo("f"), "user.binary"), std::string("\0\xff\n", 3));
  EXPECT_TRUE(Contains(ListXattrs(Photo("f")), "user.colour"));
  EXPECT_EQ(::lremovexattr(Photo("f").c_str(), "user.colour"), 0);
  EXPECT_EQ(GetXattr(Photo("f"), "user.colour"), std::nullopt);
  EXPECT_EQ(errno, ENODATA);
}

TEST_F(MountedAttribute, WhenAttributesAreAskedWronglyThenTheErrorsAreThoseOfTheManual) {
  ASSERT_EQ(PutFile(Photo("f"), "x"), 0);
  ASSERT_EQ(SetXattr(Photo("f"), "user.a", "value"), 0);
  char small[2];

  EXPECT_EQ(ErrnoOf(::getxattr(Photo("f").c_str(), "user.a", small, sizeof small)), ERANGE);
  EXPECT_EQ(::getxattr(Photo("f").c_str(), "user.a", nullptr, 0), 5);
  EXPECT_EQ(ErrnoOf(::setxattr(Photo("f").c_str(), "user.a", "v", 1, XATTR_CREATE)), EEXIST);
  EXPECT_EQ(ErrnoOf(::setxattr(Photo("f").c_str(), "user.b", "v", 1, XATTR_REPLACE)), ENODATA);
  EXPECT_EQ(ErrnoOf(::lremovexattr(Photo("f").c_str(), "user.b")), ENODATA);
  EXPECT_EQ(ErrnoOf(::setxattr(Photo("f").c_str(), "trusted.a", "v", 1, 0)), EOPNOTSUPP);
}

TEST_F(MountedAttribute, WhenABlobsOwnAttributesAreReadThenTheyTellOfTheVersion) {
  ASSERT_EQ(PutFile(Photo("f"), "x"), 0);

  EXPECT_EQ(GetXattr(Photo("f"), "user.replication.status"), "none");
  const auto version = GetXattr(Photo("f"), "user.version.id");
  ASSERT_TRUE(version.has_value());
  EXPECT_NE(GetXattr(Photo("f"), "user.version.list").value_or("").find(*version),
            std::string::npos);
  EXPECT_FALSE(GetXattr(Photo("f"), "user.blob.etag").value_or("").empty());
  EXPECT_FALSE(GetXattr(Photo("f"), "user.blob.created").value_or("").empty());
}

TEST_F(MountedAttribute, WhenBlobPropertiesAreSetThenTheyAreReadBack) {
  ASSERT_EQ(PutFile(Photo("f"), "x"), 0);

  EXPECT_EQ(SetXattr(Photo("f"), "user.blob.content-type", "text/plain"), 0);
  EXPECT_EQ(SetXattr(Photo("f"), "user.blob.metadata.author", "Ada"), 0);
  EXPECT_EQ(SetXattr(Photo("f"), "user.blob.tag.project", "x-1"), 0);
  EXPECT_EQ(SetXattr(Photo("f"), "user.blob.tier", "Cool"), 0);

  EXPECT_EQ(GetXattr(Photo("f"), "user.blob.content-type"), "text/plain");
  EXPECT_EQ(GetXattr(Photo("f"), "user.blob.metadata.author"), "Ada");
  EXPECT_EQ(GetXattr(Photo("f"), "user.blob.tag.project"), "x-1");
  EXPECT_EQ(GetXattr(Photo("f"), "user.blob.tier"), "Cool");
}

TEST_F(MountedAttribute, WhenSpaceIsAskedThenItIsTheDisks) {
  struct statvfs space {};

  ASSERT_EQ(::statvfs(Photo("").c_str(), &space), 0);

  EXPECT_GT(space.f_blocks, 0U);
  EXPECT_GT(space.f_bavail, 0U);
  EXPECT_EQ(space.f_namemax, 255U);
}

}  // namespace
}  // namespace replicafs
