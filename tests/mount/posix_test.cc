// What POSIX says about modes, owners, times and names, as it shows through the kernel and for
// users other than root.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <filesystem>
#include <set>

#include "backend/base/unique_fd.h"
#include "tests/mount/mount_fixture.h"

namespace replicafs {
namespace {

constexpr uid_t kAda = 12001;
constexpr uid_t kBob = 12002;
constexpr gid_t kTeam = 12100;
constexpr auto kSameUser = static_cast<uid_t>(-1);
constexpr auto kSameGroup = static_cast<gid_t>(-1);

// A mount that everybody may enter, with a directory in which everybody may write.
class MountedPosix : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    if (::geteuid() != 0) GTEST_SKIP() << "only root may act as other users";
    Unmount();
    // The names above the mountpoint must let everybody through.
    ASSERT_EQ(::chmod(outside_.path().c_str(), 0711), 0);
    mount_ = std::make_unique<InProcessMount>(*accounts_, mountpoint_, outside_ / "scratch",
                                              MountScope{}, SessionOptions::Writing::kAllowed,
                                              SessionOptions::Access::kEverybody);
    ASSERT_EQ(::mkdir(Photo("w").c_str(), 0755), 0);
    ASSERT_EQ(::chmod(Photo("w").c_str(), 0777), 0);
  }

  std::string W(const std::string& name) const { return Photo("w/" + name); }
  mode_t ModeOf(const std::string& name) const { return StatOf(W(name)).st_mode & 07777U; }

  // A file of Ada's.
  void PutAdas(const std::string& name, mode_t mode) {
    ASSERT_EQ(PutFile(W(name), "content"), 0);
    ASSERT_EQ(::chown(W(name).c_str(), kAda, kAda), 0);
    ASSERT_EQ(::chmod(W(name).c_str(), mode), 0);
  }
};

TEST_F(MountedPosix, S38_InAStickyDirectoryOnlyTheOwnerRemovesAndRenames) {
  ASSERT_EQ(::mkdir(W("d").c_str(), 0755), 0);
  ASSERT_EQ(::chmod(W("d").c_str(), 01777), 0);
  const std::string file = W("d/file");
  const std::string other = W("d/other");
  ASSERT_EQ(AsUser(kAda, kAda, [&] { return Touch(file); }), 0);
  ASSERT_EQ(AsUser(kBob, kBob, [&] { return Touch(other); }), 0);

  EXPECT_EQ(AsUser(kBob, kBob, [&] { return ErrnoOf(::unlink(file.c_str())); }), EPERM);
  EXPECT_EQ(AsUser(kBob, kBob, [&] { return ErrnoOf(::rename(file.c_str(), W("x").c_str())); }),
            EPERM);
  EXPECT_EQ(AsUser(kBob, kBob, [&] { return ErrnoOf(::rename(other.c_str(), file.c_str())); }),
            EPERM);
  EXPECT_EQ(AsUser(kAda, kAda, [&] { return ErrnoOf(::rename(file.c_str(), W("x").c_str())); }), 0);
  EXPECT_EQ(AsUser(kBob, kBob, [&] { return ErrnoOf(::unlink(other.c_str())); }), 0);
}

TEST_F(MountedPosix, S38_WhatIsMadeInASetgidDirectoryHasItsGroup) {
  ASSERT_EQ(::mkdir(W("d").c_str(), 0755), 0);
  ASSERT_EQ(::chown(W("d").c_str(), 0, kTeam), 0);
  ASSERT_EQ(::chmod(W("d").c_str(), 02777), 0);

  ASSERT_EQ(AsUser(kAda, kAda, [&] { return Touch(W("d/file")); }), 0);
  ASSERT_EQ(AsUser(kAda, kAda, [&] { return ErrnoOf(::mkdir(W("d/sub").c_str(), 0755)); }), 0);
  ASSERT_EQ(AsUser(kAda, kAda, [&] { return ErrnoOf(::symlink("x", W("d/link").c_str())); }), 0);
  ASSERT_EQ(AsUser(kAda, kAda, [&] { return ErrnoOf(::mkfifo(W("d/fifo").c_str(), 0644)); }), 0);

  for (const char* name : {"d/file", "d/sub", "d/link", "d/fifo"}) {
    EXPECT_EQ(StatOf(W(name)).st_gid, kTeam) << name;
    EXPECT_EQ(StatOf(W(name)).st_uid, kAda) << name;
  }
  EXPECT_EQ(ModeOf("d/sub"), 02755U);
  EXPECT_EQ(ModeOf("d/file") & S_ISGID, 0U);
}

TEST_F(MountedPosix, S38_WritingAndTruncatingTakeTheSetIdBitsAway) {
  PutAdas("written", 06777);
  PutAdas("truncated", 06777);
  PutAdas("read", 06777);

  EXPECT_EQ(AsUser(kBob, kBob, [&] { return WriteAt(W("written"), 0, "x"); }), 0);
  EXPECT_EQ(AsUser(kBob, kBob, [&] { return ErrnoOf(::truncate(W("truncated").c_str(), 1)); }), 0);
  EXPECT_EQ(AsUser(kBob, kBob, [&] { return GetFile(W("read")) ? 0 : errno; }), 0);

  EXPECT_EQ(ModeOf("written"), 0777U);
  EXPECT_EQ(ModeOf("truncated"), 0777U);
  EXPECT_EQ(ModeOf("read"), 06777U);
  Remount();
  EXPECT_EQ(ModeOf("written"), 0777U);
}

TEST_F(MountedPosix, S38_ANewOwnerOrGroupTakesTheSetIdBitsAway) {
  PutAdas("by-owner", 06555);
  PutAdas("by-root", 06555);

  EXPECT_EQ(
      AsUser(kAda, kAda, [&] { return ErrnoOf(::chown(W("by-owner").c_str(), kSameUser, kAda)); }),
      0);
  EXPECT_EQ(::chown(W("by-root").c_str(), kBob, kTeam), 0);

  EXPECT_EQ(ModeOf("by-owner"), 0555U);
  EXPECT_EQ(ModeOf("by-root"), 0555U);
}

TEST_F(MountedPosix, S38_ModesDecideWhoMayReadWriteAndEnter) {
  PutAdas("secret", 0600);
  PutAdas("shown", 0644);
  ASSERT_EQ(::mkdir(W("closed").c_str(), 0700), 0);
  ASSERT_EQ(PutFile(W("closed/f"), "x"), 0);
  ASSERT_EQ(::mkdir(W("fixed").c_str(), 0755), 0);
  const auto open_as_bob = [&](const std::string& name, int flags) {
    return AsUser(kBob, kBob, [&] { return ErrnoOf(::open(W(name).c_str(), flags)); });
  };

  EXPECT_EQ(open_as_bob("secret", O_RDONLY), EACCES);
  EXPECT_EQ(open_as_bob("shown", O_RDONLY), 0);
  EXPECT_EQ(open_as_bob("shown", O_WRONLY), EACCES);
  EXPECT_EQ(open_as_bob("shown", O_RDONLY | O_TRUNC), EACCES);
  EXPECT_EQ(open_as_bob("closed/f", O_RDONLY), EACCES);
  EXPECT_EQ(AsUser(kBob, kBob, [&] { return Touch(W("fixed/new")); }), EACCES);
  EXPECT_EQ(AsUser(kBob, kBob, [&] { return ErrnoOf(::mkdir(W("fixed/d").c_str(), 0777)); }),
            EACCES);
  EXPECT_EQ(AsUser(kBob, kBob, [&] { return ErrnoOf(::truncate(W("shown").c_str(), 0)); }), EACCES);
  EXPECT_EQ(AsUser(kAda, kAda, [&] { return ErrnoOf(::access(W("secret").c_str(), R_OK)); }), 0);
  EXPECT_EQ(GetFile(W("shown")), "content");
}

TEST_F(MountedPosix, S38_OnlyTheOwnerChangesModeOwnerAndTimes) {
  PutAdas("f", 0644);
  PutAdas("writable", 0666);
  const std::array<timespec, 2> times{{{1, 0}, {1, 0}}};
  const auto as_bob = [&](const std::function<int()>& call) { return AsUser(kBob, kBob, call); };
  const auto set_times = [&](const char* name, const timespec* to) {
    return ErrnoOf(::utimensat(AT_FDCWD, W(name).c_str(), to, 0));
  };

  EXPECT_EQ(as_bob([&] { return ErrnoOf(::chmod(W("f").c_str(), 0777)); }), EPERM);
  EXPECT_EQ(as_bob([&] { return ErrnoOf(::chown(W("f").c_str(), kBob, kSameGroup)); }), EPERM);
  EXPECT_EQ(as_bob([&] { return set_times("f", times.data()); }), EPERM);
  EXPECT_EQ(as_bob([&] { return set_times("f", nullptr); }), EACCES);
  EXPECT_EQ(as_bob([&] { return set_times("writable", nullptr); }), 0);
  EXPECT_EQ(AsUser(kAda, kAda, [&] { return ErrnoOf(::chown(W("f").c_str(), kSameUser, kTeam)); }),
            EPERM);
  EXPECT_EQ(AsUser(kAda, kTeam, [&] { return ErrnoOf(::chown(W("f").c_str(), kSameUser, kTeam)); }),
            0);
  EXPECT_EQ(AsUser(kAda, kAda, [&] { return ErrnoOf(::chown(W("f").c_str(), kBob, kSameGroup)); }),
            EPERM);
  EXPECT_EQ(AsUser(kAda, kAda, [&] { return ErrnoOf(::chmod(W("f").c_str(), 0600)); }), 0);
  EXPECT_EQ(StatOf(W("f")).st_gid, kTeam);
}

TEST_F(MountedPosix, S33_FifosSocketsAndDevicesAreMade) {
  ASSERT_EQ(::mkfifo(W("fifo").c_str(), 0640), 0);
  ASSERT_EQ(::mknod(W("socket").c_str(), S_IFSOCK | 0600, 0), 0);
  ASSERT_EQ(::mknod(W("null").c_str(), S_IFCHR | 0666, makedev(1, 3)), 0);
  ASSERT_EQ(::mknod(W("disk").c_str(), S_IFBLK | 0660, makedev(259, 70000)), 0);
  EXPECT_EQ(
      AsUser(kAda, kAda,
             [&] { return ErrnoOf(::mknod(W("no").c_str(), S_IFCHR | 0666, makedev(1, 3))); }),
      EPERM);
  EXPECT_EQ(ErrnoOf(::mkfifo(W("fifo").c_str(), 0644)), EEXIST);

  Remount();

  EXPECT_EQ(StatOf(W("fifo")).st_mode, static_cast<mode_t>(S_IFIFO | 0640));
  EXPECT_EQ(StatOf(W("socket")).st_mode, static_cast<mode_t>(S_IFSOCK | 0600));
  EXPECT_TRUE(S_ISCHR(StatOf(W("null")).st_mode));
  EXPECT_EQ(StatOf(W("null")).st_rdev, makedev(1, 3));
  EXPECT_TRUE(S_ISBLK(StatOf(W("disk")).st_mode));
  EXPECT_EQ(StatOf(W("disk")).st_rdev, makedev(259, 70000));
  EXPECT_EQ(StatOf(W("fifo")).st_nlink, 1U);
}

TEST_F(MountedPosix, S24_TimesAreKeptToTheNanosecondAndEachForItself) {
  ASSERT_EQ(PutFile(W("f"), "x"), 0);
  const auto set = [&](const timespec& accessed, const timespec& modified) {
    const std::array<timespec, 2> times{accessed, modified};
    return ErrnoOf(::utimensat(AT_FDCWD, W("f").c_str(), times.data(), 0));
  };
  constexpr timespec kOmit{0, UTIME_OMIT};
  constexpr timespec kNow{0, UTIME_NOW};

  ASSERT_EQ(set({1'000'000'000, 123'456'789}, {-7, 987'654'321}), 0);
  struct stat info = StatOf(W("f"));
  EXPECT_EQ(info.st_atim.tv_sec, 1'000'000'000);
  EXPECT_EQ(info.st_atim.tv_nsec, 123'456'789);
  EXPECT_EQ(info.st_mtim.tv_sec, -7);
  EXPECT_EQ(info.st_mtim.tv_nsec, 987'654'321);

  ASSERT_EQ(set(kNow, kOmit), 0);
  info = StatOf(W("f"));
  EXPECT_GT(info.st_atim.tv_sec, 1'000'000'000);
  EXPECT_EQ(info.st_mtim.tv_nsec, 987'654'321);

  ASSERT_EQ(set(kOmit, kNow), 0);
  EXPECT_GT(StatOf(W("f")).st_mtim.tv_sec, 1'000'000'000);
  const timespec before = StatOf(W("f")).st_mtim;
  ASSERT_EQ(set(kOmit, kOmit), 0);
  EXPECT_EQ(StatOf(W("f")).st_mtim.tv_nsec, before.tv_nsec);
}

TEST_F(MountedPosix, S36_LinksOfADirectoryCountItsSubdirectories) {
  EXPECT_EQ(StatOf(At("west/photos")).st_nlink, 3U);
  EXPECT_EQ(StatOf(At("west/spare")).st_nlink, 2U);
  ASSERT_EQ(::mkdir(W("a").c_str(), 0755), 0);
  ASSERT_EQ(::mkdir(W("a/b").c_str(), 0755), 0);
  ASSERT_EQ(PutFile(W("a/f"), "x"), 0);
  EXPECT_EQ(StatOf(Photo("w")).st_nlink, 3U);
  EXPECT_EQ(StatOf(W("a")).st_nlink, 3U);

  ASSERT_EQ(::rename(W("a/b").c_str(), W("b").c_str()), 0);

  EXPECT_EQ(StatOf(Photo("w")).st_nlink, 4U);
  EXPECT_EQ(StatOf(W("a")).st_nlink, 2U);
  ASSERT_EQ(::rmdir(W("b").c_str()), 0);
  EXPECT_EQ(StatOf(Photo("w")).st_nlink, 3U);
}

TEST_F(MountedPosix, S36_LinksFollowWhatAnotherProgramMakes) {
  ASSERT_EQ(StatOf(W("")).st_nlink, 2U);

  const std::shared_ptr<Account> account = Must(accounts_->OpenAccount("west"));
  Must(ApplyOne(account->store(),
                CommitBlob{.path = {"photos", "w/new/file"}, .content = std::string("x")}, 0));

  EXPECT_TRUE(Eventually([&] { return StatOf(W("")).st_nlink == 3; }, std::chrono::seconds(2)));
}

TEST_F(MountedPosix, S21_PathsMayBeAsLongAsTheKernelTakes) {
  const UniqueFd top = Must(OpenFile(Photo("w"), O_RDONLY | O_DIRECTORY));
  std::string directory;
  for (int i = 0; i < 16; ++i) {
    directory += std::string(NAME_MAX - 1, 'd') + '/';
    ASSERT_EQ(ErrnoOf(::mkdirat(top.get(), directory.c_str(), 0755)), 0) << i;
  }
  const std::string longest = directory + std::string(PATH_MAX - 1 - directory.size(), 'f');
  ASSERT_EQ(longest.size(), static_cast<size_t>(PATH_MAX - 1));
  const auto make = [&](const std::string& path) {
    const int fd = ::openat(top.get(), path.c_str(), O_CREAT | O_WRONLY, 0644);
    return fd < 0 ? errno : ErrnoOf(::close(fd));
  };

  EXPECT_EQ(make(longest), 0);
  EXPECT_EQ(make(longest + "f"), ENAMETOOLONG);
  EXPECT_EQ(make(std::string(NAME_MAX, 'n')), 0);
  EXPECT_EQ(make(std::string(NAME_MAX + 1, 'n')), ENAMETOOLONG);
  struct stat info {};
  EXPECT_EQ(ErrnoOf(::fstatat(top.get(), longest.c_str(), &info, 0)), 0);
  EXPECT_EQ(ErrnoOf(::unlinkat(top.get(), longest.c_str(), 0)), 0);
}

TEST_F(MountedPosix, S21_LongNamesOfAnyBytesMakeFilesAndDirectories) {
  constexpr size_t kNames = 40;
  std::set<std::string> names;
  for (size_t i = 0; i < kNames; ++i) {
    std::string name(NAME_MAX, static_cast<char>(0x80 + i));
    name[i] = '\n';
    if (i % 2 == 0) {
      ASSERT_EQ(PutFile(W(name), name), 0) << i;
    } else {
      ASSERT_EQ(ErrnoOf(::mkdir(W(name).c_str(), 0755)), 0) << i;
      ASSERT_EQ(PutFile(W(name) + "/" + name, name), 0) << i;
    }
    names.insert(name);
  }

  const auto listed = NamesIn(W(""));
  EXPECT_EQ(std::set(listed.begin(), listed.end()), names);
  EXPECT_EQ(listed.size(), kNames);
  Remount();
  EXPECT_EQ(NamesIn(W("")), listed);
  for (size_t i = 0; i < kNames; ++i) {
    const std::string path = W(listed[i]);
    const bool is_directory = S_ISDIR(StatOf(path).st_mode);
    EXPECT_EQ(GetFile(is_directory ? path + "/" + listed[i] : path), listed[i]);
  }
  EXPECT_SHELL("rm -r '" + Photo("w") + "'");
}

TEST_F(MountedPosix, S21_BeyondWhatTheAccountTakesANameIsTooLong) {
  const size_t max = Must(accounts_->OpenAccount("west"))->store().capabilities().names.max_chars;
  const std::string component(NAME_MAX, 'd');
  UniqueFd directory = Must(OpenFile(Photo("w"), O_RDONLY | O_DIRECTORY));
  size_t length = 1;
  while (length + 1 + component.size() <= max) {
    ASSERT_EQ(ErrnoOf(::mkdirat(directory.get(), component.c_str(), 0755)), 0) << length;
    directory = UniqueFd(::openat(directory.get(), component.c_str(), O_RDONLY | O_DIRECTORY));
    length += 1 + component.size();
  }

  EXPECT_EQ(ErrnoOf(::mkdirat(directory.get(), component.c_str(), 0755)), ENAMETOOLONG);
  EXPECT_EQ(ErrnoOf(::mkdirat(directory.get(), std::string(max - length - 1, 'd').c_str(), 0755)),
            0);
  EXPECT_SHELL("rm -r '" + Photo("w") + "'");
}

}  // namespace
}  // namespace replicafs
