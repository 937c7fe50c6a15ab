// What a mount keeps in memory. How much a daemon comes to as a whole is tested in
// tests/mount/memory_test.cc.
#include <fmt/format.h>

#include <chrono>
#include <set>

#include "backend/base/mutex.h"
#include "tests/support/file_system_fixture.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

constexpr size_t kFiles = 3000;
constexpr uint64_t kBudget = kMemoryReservedBytes + 400'000;

// A kernel that has everything in use that it has looked up, and forgets what it is asked to.
class ForgettingKernel final : public KernelNotifier {
 public:
  explicit ForgettingKernel(FileSystem& fs) : fs_(fs) {}
  ~ForgettingKernel() override { fs_.StopNotifying(); }

  void InvalidateNode(NodeId) override {}
  void InvalidateEntry(NodeId, std::string_view) override {}
  void Forget(std::span<const RememberedEntry> entries) override {
    for (const RememberedEntry& entry : entries) fs_.Forget(entry.node, 1);
    MutexLock lock(mutex_);
    for (const RememberedEntry& entry : entries) forgotten_.insert(entry.name);
    changed_.NotifyAll();
  }

  bool WaitUntilForgotten(size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    MutexLock lock(mutex_);
    while (forgotten_.size() < count) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      changed_.WaitFor(mutex_, std::chrono::milliseconds(100));
    }
    return true;
  }
  std::set<std::string> forgotten() {
    MutexLock lock(mutex_);
    return forgotten_;
  }

 private:
  FileSystem& fs_;
  Mutex mutex_;
  CondVar changed_;
  std::set<std::string> forgotten_ GUARDED_BY(mutex_);
};

class Memory : public ::testing::Test, public MountedFixture {
 protected:
  // With the least of everything.
  Memory() {
    small_ = Must(FileSystem::Open(accounts(), clock(),
                                   {.scope = {.account = "memory", .container = "box"},
                                    .memory_bytes = kBudget,
                                    .scratch_directory = scratch_.path()}));
    for (size_t i = 0; i < kFiles; ++i) Put(Name(i), "x");
  }
  ~Memory() override { small_->StopNotifying(); }

  static std::string Name(size_t i) { return fmt::format("f{:05}", i); }

  TempDirectory scratch_;
  std::unique_ptr<FileSystem> small_;
};

TEST_F(Memory, S91_NamesBeyondTheBudgetAreForgottenUnlessTheyAreOpen) {
  ForgettingKernel kernel(*small_);
  small_->StartNotifying(kernel);
  const Entry open = Must(small_->Lookup(kRootNode, Name(0)));
  const HandleId handle = Must(small_->OpenNode(open.node, O_RDONLY)).handle;
  const Entry unused = Must(small_->Lookup(kRootNode, Name(1)));

  for (size_t i = 2; i < kFiles; ++i) Must(small_->Lookup(kRootNode, Name(i)));

  // Each takes a hundred bytes at least.
  EXPECT_TRUE(kernel.WaitUntilForgotten(kFiles - DivideMemory(kBudget).node_bytes / 100));
  EXPECT_TRUE(kernel.forgotten().contains(Name(1)));
  EXPECT_FALSE(kernel.forgotten().contains(Name(0)));
  EXPECT_CODE(kStale, small_->GetAttributes(unused.node));
  EXPECT_OK(small_->GetAttributes(open.node));
  std::byte byte{};
  EXPECT_EQ(Must(small_->Read(handle, 0, std::span(&byte, 1))), 1U);
  small_->Release(handle);
}

TEST_F(Memory, S92_DirectoriesWithoutRoomForPagesAreListedWhole) {
  std::vector<HandleId> handles;
  for (size_t i = 0; i < 20; ++i) handles.push_back(Must(small_->OpenDirectory(kRootNode)));
  std::vector<std::vector<std::string>> names(handles.size());
  std::vector<uint64_t> cookies(handles.size());

  for (size_t some = 0; some < kFiles + 2; some += 500) {
    for (size_t i = 0; i < handles.size(); ++i) {
      const size_t before = names[i].size();
      ASSERT_OK(small_->ReadDirectory(handles[i], cookies[i], FileSystem::Lookups::kNone,
                                      [&](const DirectoryEntry& entry) {
                                        if (names[i].size() == before + 500) return false;
                                        names[i].push_back(entry.name);
                                        cookies[i] = entry.cookie;
                                        return true;
                                      }));
    }
  }

  for (const auto& listed : names) {
    ASSERT_EQ(listed.size(), kFiles + 2);
    for (size_t i = 0; i < kFiles; ++i) EXPECT_EQ(listed[i + 2], Name(i));
  }
  for (const HandleId handle : handles) small_->ReleaseDirectory(handle);
}

}  // namespace
}  // namespace replicafs
