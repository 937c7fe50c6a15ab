// Mappings, direct and synchronous writes, locks, access times, extended attributes and space: what
// the kernel has a part in.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>

#include "backend/base/unique_fd.h"
#include "tests/mount/mount_fixture.h"

namespace replicafs {
namespace {

constexpr size_t kPage = 4096;

class MountedIo : public MountTest {
 protected:
  UniqueFd Open(const std::string& name, int flags) const {
    return UniqueFd(::open(Photo(name).c_str(), flags | O_CLOEXEC, 0644));
  }
  // What the store has of the file; everything else is this mount's own.
  std::string Stored(const std::string& name) const {
    const auto account = Must(accounts_->OpenAccount("west"));
    const auto reader = account->store().Open({"photos", name});
    if (!reader) return "";
    std::string content((*reader)->info().size_bytes, '\0');
    Must((*reader)->ReadAt(0, std::as_writable_bytes(std::span(content))));
    return content;
  }
};

// What `call` answers in a process of its own, which ends then.
int InAnotherProcess(const std::function<int()>& call) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(call());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

// In the process of the mount itself what was written must be synced before it is unmapped: the
// kernel would wait for the mount with this process's map locked, which the mount needs to answer.
class Mapping {
 public:
  Mapping(int file, size_t size, int sharing) : size_(size) {
    void* const at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, sharing, file, 0);
    if (at != MAP_FAILED) memory_ = static_cast<char*>(at);
  }
  ~Mapping() {
    if (memory_ != nullptr) ::munmap(memory_, size_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  bool valid() const { return memory_ != nullptr; }
  char& operator[](size_t at) { return memory_[at]; }
  int Sync() { return ::msync(memory_, size_, MS_SYNC); }

 private:
  char* memory_ = nullptr;
  const size_t size_;
};

std::string ReadAll(int file) {
  std::string content(1 << 20, '\0');
  const ssize_t size = ::pread(file, content.data(), content.size(), 0);
  content.resize(size > 0 ? static_cast<size_t>(size) : 0);
  return content;
}

TEST_F(MountedIo, S32_ALargeDirectAppendKeepsItsOrder) {
  constexpr size_t kSize = 8 << 20;
  constexpr uint32_t kRounds = 20;
  const std::unique_ptr<char, decltype(&std::free)> pages(
      static_cast<char*>(std::aligned_alloc(kPage, kSize)), &std::free);
  for (uint32_t round = 0; round < kRounds; ++round) {
    const std::string path = Photo("appended" + std::to_string(round));
    const std::string bytes = Pattern(kSize, round);
    std::copy(bytes.begin(), bytes.end(), pages.get());
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_DIRECT, 0644));
    ASSERT_TRUE(file.valid());

    ASSERT_EQ(::write(file.get(), pages.get(), kSize), static_cast<ssize_t>(kSize));

    ASSERT_TRUE(GetFile(path) == bytes) << "round " << round;
  }
}

TEST_F(MountedIo, S39_WhatIsWrittenToASharedMappingIsTheFiles) {
  ASSERT_EQ(PutFile(Photo("f"), std::string(2 * kPage, 'a')), 0);
  std::string expected(2 * kPage, 'a');
  {
    const UniqueFd file = Open("f", O_RDWR);
    const UniqueFd other = Open("f", O_RDONLY);
    Mapping mapping(file.get(), 2 * kPage, MAP_SHARED);
    ASSERT_TRUE(mapping.valid());

    mapping[5000] = expected[5000] = 'b';
    EXPECT_TRUE(ReadAll(other.get()) == expected);
    ASSERT_EQ(::pwrite(file.get(), "c", 1, 10), 1);
    expected[10] = 'c';
    EXPECT_EQ(mapping[10], 'c');

    ASSERT_EQ(mapping.Sync(), 0);
    EXPECT_TRUE(Stored("f") == expected);
  }
  EXPECT_TRUE(GetFile(Photo("f")) == expected);
  Remount();
  EXPECT_TRUE(GetFile(Photo("f")) == expected);
}

TEST_F(MountedIo, S39_AMappingOutlivesItsDescriptorAndItsName) {
  ASSERT_EQ(PutFile(Photo("f"), std::string(kPage, 'a')), 0);
  ASSERT_EQ(PutFile(Photo("gone"), std::string(kPage, 'a')), 0);

  EXPECT_EQ(InAnotherProcess([&] {
              UniqueFd file = Open("f", O_RDWR);
              UniqueFd gone_file = Open("gone", O_RDWR);
              Mapping mapping(file.get(), kPage, MAP_SHARED);
              Mapping gone(gone_file.get(), kPage, MAP_SHARED);
              if (!mapping.valid() || !gone.valid()) return 1;
              file.Reset();
              gone_file.Reset();
              if (::unlink(Photo("gone").c_str()) != 0) return 2;
              mapping[1] = 'b';
              gone[1] = 'b';
              if (mapping.Sync() != 0) return 3;
              if (gone[2] != 'a') return 4;
              mapping[2] = 'c';
              return 0;
            }),
            0);

  EXPECT_EQ(GetFile(Photo("f")).value_or("").substr(0, 3), "abc");
  Remount();
  EXPECT_EQ(GetFile(Photo("f")).value_or("").substr(0, 3), "abc");
  EXPECT_FALSE(Exists(Photo("gone")));
}

TEST_F(MountedIo, S39_APrivateMappingChangesNothing) {
  ASSERT_EQ(PutFile(Photo("f"), std::string(kPage, 'a')), 0);
  {
    const UniqueFd file = Open("f", O_RDONLY);
    Mapping mapping(file.get(), kPage, MAP_PRIVATE);
    ASSERT_TRUE(mapping.valid());
    mapping[1] = 'b';
  }
  EXPECT_TRUE(GetFile(Photo("f")) == std::string(kPage, 'a'));
}

TEST_F(MountedIo, S40_DirectAndCachedHandlesSeeTheSame) {
  const std::string content = Pattern(3 * kPage);
  ASSERT_EQ(PutFile(Photo("f"), content), 0);
  const UniqueFd direct = Open("f", O_RDWR | O_DIRECT);
  const UniqueFd cached = Open("f", O_RDWR);
  ASSERT_TRUE(direct.valid());
  const std::unique_ptr<char, decltype(&std::free)> page(
      static_cast<char*>(std::aligned_alloc(kPage, kPage)), &std::free);
  std::string expected = content;
  ASSERT_EQ(ReadAll(cached.get()), expected);

  std::fill_n(page.get(), kPage, 'd');
  ASSERT_EQ(::pwrite(direct.get(), page.get(), kPage, kPage), static_cast<ssize_t>(kPage));
  expected.replace(kPage, kPage, std::string(kPage, 'd'));
  EXPECT_TRUE(ReadAll(cached.get()) == expected);

  ASSERT_EQ(::pwrite(cached.get(), "cached", 6, 7), 6);
  expected.replace(7, 6, "cached");
  ASSERT_EQ(::pread(direct.get(), page.get(), kPage, 0), static_cast<ssize_t>(kPage));
  EXPECT_TRUE(std::string(page.get(), kPage) == expected.substr(0, kPage));
}

TEST_F(MountedIo, S40_EachWriteOfASynchronousHandleIsCommitted) {
  const UniqueFd file = Open("f", O_CREAT | O_WRONLY | O_SYNC);
  ASSERT_EQ(::write(file.get(), "one", 3), 3);
  EXPECT_EQ(Stored("f"), "one");

  const UniqueFd appending = Open("f", O_WRONLY | O_DSYNC | O_APPEND);
  ASSERT_EQ(::write(appending.get(), " two", 4), 4);
  EXPECT_EQ(Stored("f"), "one two");
}

TEST_F(MountedIo, S40_AlsoWhenItReadsPastTheCache) {
  ASSERT_EQ(PutFile(Photo("f"), "old"), 0);
  // Keeps the old version in the kernel's cache, so that who opens the new one must bypass it.
  const UniqueFd reader = Open("f", O_RDONLY);
  ASSERT_EQ(ReadAll(reader.get()), "old");
  const auto account = Must(accounts_->OpenAccount("west"));
  Must(ApplyOne(account->store(), CommitBlob{.path = {"photos", "f"}, .content = "by others"}, 0));
  ASSERT_TRUE(
      Eventually([&] { return GetFile(Photo("f")) == "by others"; }, std::chrono::seconds(5)));

  const UniqueFd file = Open("f", O_WRONLY | O_SYNC);
  ASSERT_EQ(::pwrite(file.get(), "BY", 2, 0), 2);

  EXPECT_EQ(Stored("f"), "BY others");
}

// Whether another process can have the lock now.
bool OthersMayLock(const std::string& path, const std::function<int(int)>& lock) {
  return InAnotherProcess([&] {
           const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
           return file >= 0 && lock(file) == 0 ? 0 : 1;
         }) == 0;
}

TEST_F(MountedIo, S41_LocksHoldAmongTheProcessesOfAMount) {
  ASSERT_EQ(PutFile(Photo("f"), "content"), 0);
  const auto whole = [](int file) { return ::flock(file, LOCK_EX | LOCK_NB); };
  const auto first_bytes = [](int file) {
    struct flock range {};
    range.l_type = F_WRLCK;
    range.l_len = 4;
    return ::fcntl(file, F_SETLK, &range);
  };
  const auto last_bytes = [](int file) {
    struct flock range {};
    range.l_type = F_WRLCK;
    range.l_start = 4;
    return ::fcntl(file, F_SETLK, &range);
  };

  UniqueFd file = Open("f", O_RDWR);
  ASSERT_EQ(whole(file.get()), 0);
  ASSERT_EQ(first_bytes(file.get()), 0);

  EXPECT_FALSE(OthersMayLock(Photo("f"), whole));
  EXPECT_FALSE(OthersMayLock(Photo("f"), first_bytes));
  EXPECT_TRUE(OthersMayLock(Photo("f"), last_bytes));
  file.Reset();
  EXPECT_TRUE(OthersMayLock(Photo("f"), whole));
  EXPECT_TRUE(OthersMayLock(Photo("f"), first_bytes));
}

TEST_F(MountedIo, S42_ReadingMovesNoTime) {
  ASSERT_EQ(PutFile(Photo("f"), "content"), 0);
  const timespec times[2] = {{1'000'000'000, 5}, {1'100'000'000, 7}};
  ASSERT_EQ(::utimensat(AT_FDCWD, Photo("f").c_str(), times, 0), 0);

  ASSERT_TRUE(GetFile(Photo("f")).has_value());

  EXPECT_EQ(StatOf(Photo("f")).st_atim.tv_sec, 1'000'000'000);
  EXPECT_EQ(StatOf(Photo("f")).st_mtim.tv_sec, 1'100'000'000);
  Remount();
  EXPECT_EQ(StatOf(Photo("f")).st_atim.tv_sec, 1'000'000'000);
  EXPECT_EQ(StatOf(Photo("f")).st_atim.tv_nsec, 5);
}

TEST_F(MountedIo, S42_UntilItIsSetTheTimeOfAccessIsThatOfTheLastChange) {
  ASSERT_EQ(PutFile(Photo("f"), "content"), 0);

  const struct stat shown = StatOf(Photo("f"));

  EXPECT_EQ(shown.st_atim.tv_sec, shown.st_mtim.tv_sec);
  EXPECT_EQ(shown.st_atim.tv_nsec, shown.st_mtim.tv_nsec);
}

TEST_F(MountedIo, S43_UserAttributesHaveAnyNameAndUpTo64KiB) {
  ASSERT_EQ(PutFile(Photo("f"), "content"), 0);
  ASSERT_EQ(::mkdir(Photo("d").c_str(), 0755), 0);
  const std::string large = Pattern(64 << 10);
  const std::string longest = "user." + std::string(250, 'n');
  for (const std::string& path : {Photo("f"), Photo("d")}) {
    EXPECT_EQ(SetXattr(path, "user.large", large), 0);
    EXPECT_EQ(SetXattr(path, "user.empty", ""), 0);
    EXPECT_EQ(SetXattr(path, longest, "1"), 0);
    EXPECT_EQ(SetXattr(path, "user.\xc3\xa4 = \xff.UPPER/lower", "2"), 0);
    EXPECT_EQ(SetXattr(path, "user.over", large + "x"), E2BIG);
  }

  Remount();

  for (const std::string& path : {Photo("f"), Photo("d")}) {
    EXPECT_TRUE(GetXattr(path, "user.large") == large);
    EXPECT_EQ(GetXattr(path, "user.empty"), "");
    EXPECT_EQ(GetXattr(path, longest), "1");
    EXPECT_EQ(GetXattr(path, "user.\xc3\xa4 = \xff.UPPER/lower"), "2");
  }
}

TEST_F(MountedIo, S43_OtherClassesOfAttributesAreRefused) {
  ASSERT_EQ(PutFile(Photo("f"), "content"), 0);
  // rw-r--r-- as an access control list: the kernel itself refuses what is none.
  constexpr std::string_view kAcl(
      "\2\0\0\0"
      "\1\0\6\0\xff\xff\xff\xff"
      "\4\0\4\0\xff\xff\xff\xff"
      "\x20\0\4\0\xff\xff\xff\xff",
      28);

  EXPECT_EQ(SetXattr(Photo("f"), "trusted.a", "v"), EOPNOTSUPP);
  EXPECT_EQ(SetXattr(Photo("f"), "security.a", "v"), EOPNOTSUPP);
  EXPECT_EQ(SetXattr(Photo("f"), "system.posix_acl_access", kAcl), EOPNOTSUPP);
}

TEST_F(MountedIo, S44_SpaceIsThatOfTheDiskThatHoldsTheAccount) {
  struct statvfs disk {};
  struct statvfs shown {};
  ASSERT_EQ(::statvfs(root_.path().c_str(), &disk), 0);
  ASSERT_EQ(::statvfs(Photo("").c_str(), &shown), 0);

  // Others write to the disk meanwhile.
  constexpr double kTolerance = 0.02;
  const auto bytes = [](fsblkcnt_t blocks, unsigned long unit) {
    return static_cast<double>(blocks) * static_cast<double>(unit);
  };
  const double total = bytes(disk.f_blocks, disk.f_frsize);
  EXPECT_NEAR(bytes(shown.f_blocks, shown.f_frsize), total, kTolerance * total);
  EXPECT_NEAR(bytes(shown.f_bavail, shown.f_frsize), bytes(disk.f_bavail, disk.f_frsize),
              kTolerance * total);
  EXPECT_EQ(shown.f_namemax, 255U);
}

TEST_F(MountedIo, S45_WhatWasNeverSyncedDiesWithTheDaemonAndTheRestStays) {
  ASSERT_EQ(PutFile(Photo("kept"), "committed"), 0);
  const UniqueFd synced = Open("synced", O_CREAT | O_RDWR);
  const UniqueFd unsynced = Open("unsynced", O_CREAT | O_RDWR);
  const UniqueFd changed = Open("kept", O_RDWR);
  ASSERT_EQ(::write(synced.get(), "synced", 6), 6);
  ASSERT_EQ(::fsync(synced.get()), 0);
  ASSERT_EQ(::write(synced.get(), " and more", 9), 9);
  ASSERT_EQ(::write(unsynced.get(), "lost", 4), 4);
  ASSERT_EQ(::write(changed.get(), "unsynced!", 9), 9);

  // The store has what a crash now would leave.
  EXPECT_EQ(Stored("synced"), "synced");
  EXPECT_EQ(Stored("unsynced"), "");
  EXPECT_EQ(Stored("kept"), "committed");
}

}  // namespace
}  // namespace replicafs
