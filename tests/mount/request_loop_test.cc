// Requests that take long, on an account that waits for the test.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/base/unique_fd.h"
#include "backend/blob/forwarding_store.h"
#include "tests/mount/mount_fixture.h"
#include "tests/support/memory_account.h"
#include "tests/support/test_accounts.h"

namespace replicafs {
namespace {

// Open at first. Who waits for something gives up after a while, so that the test ends.
class Gate {
 public:
  void Pass() {
    MutexLock lock(mutex_);
    ++waiting_;
    changed_.NotifyAll();
    WaitUntil([this]() REQUIRES(mutex_) { return open_; });
    --waiting_;
  }
  void Close() {
    MutexLock lock(mutex_);
    open_ = false;
  }
  void Open() {
    MutexLock lock(mutex_);
    open_ = true;
    changed_.NotifyAll();
  }
  bool AwaitWaiting(size_t count) {
    MutexLock lock(mutex_);
    return WaitUntil([this, count]() REQUIRES(mutex_) { return waiting_ >= count; });
  }

 private:
  template <typename Condition>
  bool WaitUntil(const Condition& holds) REQUIRES(mutex_) {
    const auto deadline = WaitClock::now() + std::chrono::seconds(20);
    while (!holds() && WaitClock::now() < deadline)
      changed_.WaitFor(mutex_, deadline - WaitClock::now());
    return holds();
  }

  Mutex mutex_;
  CondVar changed_;
  bool open_ GUARDED_BY(mutex_) = true;
  size_t waiting_ GUARDED_BY(mutex_) = 0;
};

// Commits, and looking for a blob "…/slow", wait at the gate.
class BusyStore final : public ForwardingStore {
 public:
  BusyStore(BlobStore& inner, Gate& gate) : ForwardingStore(inner), gate_(gate) {}

  Result<std::vector<Outcome>> Apply(std::vector<Mutation> mutations, uint64_t writer) override {
    gate_.Pass();
    return ForwardingStore::Apply(std::move(mutations), writer);
  }
  Result<BlobInfo> Stat(const BlobPath& path, VersionId version) override {
    if (path.name.ends_with("/slow")) gate_.Pass();
    return ForwardingStore::Stat(path, version);
  }

 private:
  Gate& gate_;
};

constexpr size_t kThreads = SessionOptions{}.threads;
constexpr size_t kMany = 3 * kThreads;

// The kernel asks one thing at a time of a directory: there are many.
class BusyAccount final : public Account {
 public:
  explicit BusyAccount(Gate& gate) : store_(inner_.store(), gate) {
    Must(ApplyOne(inner_.store(), CreateContainer{"box"}, 0));
    Put("there");
    for (size_t i = 0; i < kMany; ++i) Put(std::to_string(i) + "/there");
  }

  const std::string& name() const override { return inner_.name(); }
  BlobStore& store() override { return store_; }
  Journal& journal() override { return inner_.journal(); }
  const std::string& local_directory() const override { return inner_.local_directory(); }

 private:
  void Put(const std::string& name) {
    Must(ApplyOne(inner_.store(),
                  CommitBlob{.path = {"box", name}, .content = std::string("content")}, 0));
  }

  MemoryAccount inner_;
  BusyStore store_;
};

class RequestLoopTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::access("/dev/fuse", R_OK | W_OK) != 0) GTEST_SKIP() << "/dev/fuse may not be opened";
    accounts_.Add(std::make_shared<BusyAccount>(gate_));
    ASSERT_EQ(::mkdir(At("").c_str(), 0700), 0);
    mount_.emplace(accounts_, directory_ / "mnt", directory_ / "scratch",
                   MountScope{.account = "memory", .container = "box"});
  }
  void TearDown() override { gate_.Open(); }

  std::string At(const std::string& name) const { return directory_ / "mnt/" + name; }

  // Closes the gate, and makes each call by a thread of its own; returns when `waiting` of them
  // wait.
  void Begin(size_t count, size_t waiting, const std::function<int(size_t)>& call) {
    gate_.Close();
    for (size_t i = 0; i < count; ++i) {
      calls_.push_back(std::async(std::launch::async, [call, i] { return call(i); }));
    }
    ASSERT_TRUE(gate_.AwaitWaiting(waiting));
  }
  std::function<int(size_t)> Looks() const {
    return [this](size_t i) {
      return ErrnoOf(::access(At(std::to_string(i) + "/slow").c_str(), F_OK));
    };
  }
  // Whether a file is read soon.
  bool IsServed() {
    read_ = std::async(std::launch::async, [this] { return GetFile(At("there")); });
    return read_.wait_for(std::chrono::seconds(20)) == std::future_status::ready &&
           read_.get() == "content";
  }
  void ExpectAllDone(int result) {
    gate_.Open();
    for (auto& call : calls_) EXPECT_EQ(call.get(), result);
  }

  Gate gate_;
  TestAccounts accounts_;
  const TempDirectory directory_;
  std::optional<InProcessMount> mount_;
  std::vector<std::future<int>> calls_;
  std::future<std::optional<std::string>> read_;
};

TEST_F(RequestLoopTest, WhenCommitsTakeLongThenOthersAreServedMeanwhile) {
  std::vector<UniqueFd> files;
  for (size_t i = 0; i < kThreads - 1; ++i) {
    files.emplace_back(::open(At("new" + std::to_string(i)).c_str(), O_CREAT | O_WRONLY, 0600));
    ASSERT_EQ(::write(files.back().get(), "new", 3), 3);
  }

  Begin(files.size(), 1, [&](size_t i) { return ErrnoOf(::fsync(files[i].get())); });

  EXPECT_TRUE(IsServed());
  ExpectAllDone(0);
}

TEST_F(RequestLoopTest, WhenLookingForNamesTakesLongThenOthersAreServedMeanwhile) {
  Begin(kThreads - 1, kThreads - 1, Looks());

  EXPECT_TRUE(IsServed());
  ExpectAllDone(ENOENT);
}

TEST_F(RequestLoopTest, WhenMoreTakeLongThanThereAreThreadsThenAllAreServedInTheEnd) {
  Begin(kMany, kThreads, Looks());

  ExpectAllDone(ENOENT);
  EXPECT_TRUE(IsServed());
}

}  // namespace
}  // namespace replicafs
