// What a daemon keeps in memory under loads that would take far more without its budget.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "backend/account/account_catalog.h"
#include "backend/base/unique_fd.h"
#include "fs/core/memory_budget.h"
#include "tests/mount/system_calls.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define REPLICAFS_SANITIZED 1
#else
#define REPLICAFS_SANITIZED 0
#endif

namespace replicafs {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kBudget = kMemoryLeastBytes;

class MountedMemory : public ::testing::Test {
 protected:
  void SetUp() override {
    if (REPLICAFS_SANITIZED) GTEST_SKIP() << "the sanitizer's own memory would be measured";
    if (::access("/dev/fuse", R_OK | W_OK) != 0) GTEST_SKIP() << "/dev/fuse may not be opened";
    mountpoint_ = outside_ / "mount";
    std::filesystem::create_directory(mountpoint_);
    AccountCatalog accounts(root_.path());
    Must(accounts.Create({.name = "west", .tenant = {}, .region = {}, .path = {}}));
    Must(ApplyOne(Must(accounts.OpenAccount("west"))->store(), CreateContainer{"data"}, 0));
  }
  void TearDown() override {
    if (watching_.joinable()) {
      watching_.request_stop();
      watching_.join();
    }
    if (!mounted_) return;
    const ShellResult ended = Run("umount '" + mountpoint_ + "'");
    EXPECT_EQ(ended.exit_code, 0) << ended.output;
    Shell("umount -l '" + mountpoint_ + "' 2>&1");
  }

  ShellResult Run(const std::string& arguments) const {
    return Shell("timeout 60 " + std::string(REPLICAFS_BINARY) + " " + arguments + " --root '" +
                 root_.path() + "'");
  }

  // As other tools put them there, in a few steps.
  void PutMany(const std::vector<std::string>& names, const std::string& content) {
    constexpr size_t kStep = 5000;
    AccountCatalog accounts(root_.path());
    const auto account = Must(accounts.OpenAccount("west"));
    for (size_t first = 0; first < names.size(); first += kStep) {
      std::vector<Mutation> some;
      for (size_t i = first; i < std::min(names.size(), first + kStep); ++i)
        some.emplace_back(CommitBlob{.path = {"data", names[i]}, .content = content});
      Must(account->store().Apply(std::move(some), 0));
    }
  }

  void Mount() {
    const ShellResult mounted =
        Run(fmt::format("mount west/data '{}' --memory {}", mountpoint_, kBudget));
    ASSERT_EQ(mounted.exit_code, 0) << mounted.output;
    mounted_ = true;
    const std::string pid =
        Shell("sed -n 's/.*\"pid\": *\\([0-9]*\\).*/\\1/p' '" + root_.path() + "'/mounts/*.json")
            .output;
    status_ = "/proc/" + pid.substr(0, pid.find('\n')) + "/status";
    ASSERT_GT(OwnBytes(), 0U);
    watching_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        highest_ = std::max(highest_.load(), OwnBytes());
        highest_resident_ = std::max(highest_resident_.load(), Bytes("VmRSS:"));
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
    });
  }

  // Without what it maps of files.
  uint64_t OwnBytes() const { return Bytes("RssAnon:"); }
  uint64_t Bytes(std::string_view what) const {
    const std::string text = GetFile(status_).value_or("");
    const size_t at = text.find(what);
    if (at == std::string::npos) return 0;
    return std::strtoull(text.c_str() + at + what.size(), nullptr, 10) << 10;
  }

  std::string At(const std::string& name) const { return mountpoint_ + "/" + name; }

  TempDirectory root_;
  TempDirectory outside_;
  std::string mountpoint_;
  std::string status_;
  bool mounted_ = false;
  std::atomic<uint64_t> highest_ = 0;  // of OwnBytes
  std::atomic<uint64_t> highest_resident_ = 0;
  std::jthread watching_;
};

TEST_F(MountedMemory, S90_HundredWritersAndAThousandOpenFilesStayInTheBudget) {
  constexpr size_t kOpen = 1000;
  constexpr size_t kWriters = 100;
  constexpr size_t kChunks = 28;
  std::vector<std::string> names;
  for (size_t i = 0; i < kOpen; ++i) names.push_back(fmt::format("open{}", i));
  PutMany(names, "content");
  ASSERT_NO_FATAL_FAILURE(Mount());
  std::vector<UniqueFd> open;
  for (const std::string& name : names) {
    open.emplace_back(::open(At(name).c_str(), O_RDWR));
    ASSERT_TRUE(open.back().valid()) << name;
  }
  const std::string chunk = Pattern(128 << 10);
  std::atomic<size_t> failed = 0;

  std::vector<std::thread> writers;
  for (size_t i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] {
      const UniqueFd file(::open(At(fmt::format("w{}", i)).c_str(), O_CREAT | O_WRONLY, 0644));
      std::string mine = chunk;
      for (size_t n = 0; n < kChunks; ++n) {
        // Nothing is written twice, so that all of it has to be kept somewhere.
        mine.replace(0, 8, fmt::format("{:04}{:04}", i, n));
        if (::write(file.get(), mine.data(), mine.size()) != static_cast<ssize_t>(mine.size()))
          ++failed;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();

  EXPECT_EQ(failed, 0U);
  EXPECT_GT(kWriters * kChunks * chunk.size(), 2 * kBudget);
  EXPECT_LE(highest_resident_ / kMiB, kBudget / kMiB);
  EXPECT_EQ(std::filesystem::file_size(At("w7")), kChunks * chunk.size());
}

TEST_F(MountedMemory, S91_NamesThatWereLookedUpTakeTheirShareOfTheBudget) {
  constexpr size_t kNames = 60'000;
  constexpr size_t kOthers = 8;  // MiB, for what serves the requests
  std::vector<std::string> names;
  for (size_t i = 0; i < kNames; ++i)
    names.push_back(fmt::format("{:06}{}", i, std::string(220, 'n')));
  PutMany(names, "");
  ASSERT_NO_FATAL_FAILURE(Mount());
  const UniqueFd open(::open(At(names[0]).c_str(), O_RDONLY));
  const uint64_t before = OwnBytes();

  for (const std::string& name : names) ASSERT_TRUE(Exists(At(name))) << name;

  EXPECT_LE(highest_ / kMiB, before / kMiB + DivideMemory(kBudget).node_bytes / kMiB + kOthers);
  EXPECT_LE(highest_resident_ / kMiB, kBudget / kMiB);
  struct stat info {};
  EXPECT_EQ(::fstat(open.get(), &info), 0);
  EXPECT_TRUE(Exists(At(names[1])));
}

}  // namespace
}  // namespace replicafs
