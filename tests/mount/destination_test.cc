#include <fcntl.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "backend/base/clock.h"
#include "backend/replication/policy_store.h"
#include "tests/mount/mount_fixture.h"

namespace replicafs {
namespace {

// photos holds f, d/g; copy holds their replicas.
class MountedDestination : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_EQ(PutFile(Photo("f"), "content"), 0);
    ASSERT_EQ(::mkdir(Photo("d").c_str(), 0755), 0);
    ASSERT_EQ(PutFile(Photo("d/g"), "deep"), 0);
    policy_id_ = MakePolicy();
    Replicate(policy_id_);
    ASSERT_TRUE(
        Eventually([this] { return GetFile(Copy("d/g")) == "deep"; }, std::chrono::seconds(2)));
  }

  std::string Copy(const std::string& name) const { return At("east/copy/" + name); }

  void ExpectUnchanged() {
    EXPECT_EQ(GetFile(Copy("f")), "content");
    EXPECT_EQ(GetFile(Copy("d/g")), "deep");
    EXPECT_EQ(NamesIn(At("east/copy")), (std::vector<std::string>{"d", "f"}));
    EXPECT_EQ(StatOf(Copy("f")).st_mode, before_.st_mode);
    EXPECT_EQ(StatOf(Copy("f")).st_uid, before_.st_uid);
    EXPECT_EQ(StatOf(Copy("f")).st_mtim.tv_sec, before_.st_mtim.tv_sec);
  }

  std::string policy_id_;
  struct stat before_ {};
};

TEST_F(MountedDestination, WhenWrittenToThenEachWayIsRefusedAndChangesNothing) {
  before_ = StatOf(Copy("f"));
  ASSERT_EQ(PutFile(At("west/spare/x"), "from outside"), 0);
  const timespec times[2] = {{1, 0}, {1, 0}};

  EXPECT_EQ(Touch(Copy("new")), EACCES);
  EXPECT_EQ(Touch(Copy("f")), EACCES);
  EXPECT_EQ(PutFile(Copy("f"), "other"), EACCES);
  EXPECT_EQ(AppendFile(Copy("f"), "more"), EACCES);
  EXPECT_EQ(ErrnoOf(::open(Copy("f").c_str(), O_RDWR)), EACCES);
  EXPECT_EQ(ErrnoOf(::truncate(Copy("f").c_str(), 0)), EACCES);
  EXPECT_EQ(ErrnoOf(::mkdir(Copy("newdir").c_str(), 0755)), EACCES);
  EXPECT_EQ(ErrnoOf(::rename(Copy("f").c_str(), Copy("renamed").c_str())), EACCES);
  EXPECT_EQ(ErrnoOf(::rename(Copy("d").c_str(), Copy("renamed").c_str())), EACCES);
  EXPECT_EQ(ErrnoOf(::syscall(SYS_renameat2, AT_FDCWD, Copy("d").c_str(), AT_FDCWD,
                              Copy("f").c_str(), RENAME_EXCHANGE)),
            EACCES);
  EXPECT_EQ(ErrnoOf(::symlink("f", Copy("link").c_str())), EACCES);
  EXPECT_EQ(ErrnoOf(::chmod(Copy("f").c_str(), 0600)), EACCES);
  EXPECT_EQ(ErrnoOf(::chown(Copy("f").c_str(), 1, 1)), EACCES);
  EXPECT_EQ(ErrnoOf(::utimensat(AT_FDCWD, Copy("f").c_str(), times, 0)), EACCES);
  EXPECT_EQ(SetXattr(Copy("f"), "user.colour", "blue"), EACCES);
  EXPECT_EQ(SetXattr(Copy("f"), "user.blob.content-type", "text/x"), EACCES);
  EXPECT_NE(Shell("mv '" + At("west/spare/x") + "' '" + Copy("x") + "'").exit_code, 0);
  EXPECT_NE(Shell("cp '" + At("west/spare/x") + "' '" + Copy("x") + "'").exit_code, 0);

  ExpectUnchanged();
  Remount();
  ExpectUnchanged();
  EXPECT_EQ(GetFile(At("west/spare/x")), "from outside");
}

TEST_F(MountedDestination, WhenReadDeletedOrTieredThenItWorks) {
  EXPECT_EQ(GetFile(Copy("f")), "content");
  EXPECT_EQ(SetXattr(Copy("f"), "user.blob.tier", "Cool"), 0);
  EXPECT_EQ(GetXattr(Copy("f"), "user.blob.tier"), "Cool");
  EXPECT_SHELL("rm '" + Copy("f") + "'");
  EXPECT_SHELL("rm -r '" + Copy("d") + "'");

  EXPECT_EQ(NamesIn(At("east/copy")), std::vector<std::string>{});
}

TEST_F(MountedDestination, WhenTheAttributesAreReadThenTheyTellOfTheReplication) {
  EXPECT_EQ(GetXattr(Photo("f"), "user.replication.status"), "complete");
  EXPECT_EQ(GetXattr(Copy("f"), "user.replication.status"), "replica");
  EXPECT_EQ(GetXattr(Copy("f"), "user.replication.policy-id"), policy_id_);
  EXPECT_EQ(GetXattr(Copy("f"), "user.replication.source").value_or("").rfind("west/photos/f@", 0),
            0U);
}

TEST_F(MountedDestination, WhenTheSourceWasJustWrittenThenItIsPending) {
  ASSERT_EQ(PutFile(Photo("later"), "x"), 0);

  EXPECT_EQ(GetXattr(Photo("later"), "user.replication.status"), "pending");

  Replicate(policy_id_);
  EXPECT_TRUE(Eventually(
      [this] { return GetXattr(Photo("later"), "user.replication.status") == "complete"; },
      std::chrono::seconds(2)));
}

TEST_F(MountedDestination, WhenThePolicyEndsThenWritesWorkWithoutARemount) {
  ASSERT_EQ(PutFile(Copy("f"), "other"), EACCES);

  ASSERT_OK(DeletePolicy(*accounts_, policy_id_));

  EXPECT_TRUE(
      Eventually([this] { return PutFile(Copy("f"), "mine") == 0; }, std::chrono::seconds(2)));
  EXPECT_EQ(GetFile(Copy("f")), "mine");
}

TEST_F(MountedDestination, WhenTheSourceChangesThenTheMountShowsItAfterReplication) {
  const timespec asked = StatOf(Copy("f")).st_mtim;
  ASSERT_GT(asked.tv_sec, 0);
  ASSERT_EQ(PutFile(Photo("f"), "changed at the source"), 0);
  ASSERT_EQ(::unlink(Photo("d/g").c_str()), 0);
  ASSERT_EQ(FsyncDirectory(Photo("d")), 0);

  Replicate(policy_id_);

  EXPECT_TRUE(Eventually([this] { return GetFile(Copy("f")) == "changed at the source"; },
                         std::chrono::seconds(1)));
  EXPECT_TRUE(Eventually([this] { return !Exists(Copy("d/g")); }, std::chrono::seconds(1)));
}

}  // namespace
}  // namespace replicafs
