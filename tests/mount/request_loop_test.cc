// Requests that take long, on an account whose commits wait for the test.
#include <fcntl.h>
#include <unistd.h>

#include <future>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/base/unique_fd.h"
#include "backend/blob/forwarding_store.h"
#include "tests/mount/mount_fixture.h"
#include "tests/support/memory_account.h"
#include "tests/support/test_accounts.h"

namespace replicafs {
namespace {

class Gate {
 public:
  void Pass() {
    MutexLock lock(mutex_);
    ++waiting_;
    changed_.NotifyAll();
    while (!open_) changed_.Wait(mutex_);
    --waiting_;
  }
  void Open() {
    MutexLock lock(mutex_);
    open_ = true;
    changed_.NotifyAll();
  }
  void AwaitWaiting(size_t count) {
    MutexLock lock(mutex_);
    while (waiting_ < count) changed_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool open_ GUARDED_BY(mutex_) = false;
  size_t waiting_ GUARDED_BY(mutex_) = 0;
};

class GatedStore final : public ForwardingStore {
 public:
  GatedStore(BlobStore& inner, Gate& gate) : ForwardingStore(inner), gate_(gate) {}

  Result<std::vector<Outcome>> Apply(std::vector<Mutation> mutations, uint64_t writer) override {
    gate_.Pass();
    return ForwardingStore::Apply(std::move(mutations), writer);
  }

 private:
  Gate& gate_;
};

class GatedAccount final : public Account {
 public:
  explicit GatedAccount(Gate& gate) : store_(inner_.store(), gate) {
    Must(ApplyOne(inner_.store(), CreateContainer{"box"}, 0));
    Must(ApplyOne(inner_.store(),
                  CommitBlob{.path = {"box", "there"}, .content = std::string("content")}, 0));
  }

  const std::string& name() const override { return inner_.name(); }
  BlobStore& store() override { return store_; }
  Journal& journal() override { return inner_.journal(); }
  const std::string& local_directory() const override { return inner_.local_directory(); }

 private:
  MemoryAccount inner_;
  GatedStore store_;
};

// One thread less than SessionOptions has.
constexpr size_t kHeldUp = 7;

TEST(RequestLoop, WhenCommitsTakeLongThenOtherRequestsAreAnsweredMeanwhile) {
  Gate gate;
  TestAccounts accounts;
  accounts.Add(std::make_shared<GatedAccount>(gate));
  const TempDirectory directory;
  const std::string mountpoint = directory / "mnt";
  ASSERT_EQ(::mkdir(mountpoint.c_str(), 0700), 0);
  const InProcessMount mount(accounts, mountpoint, directory / "scratch",
                             {.account = "memory", .container = "box"});
  std::vector<std::future<int>> commits;
  for (size_t i = 0; i < kHeldUp; ++i) {
    commits.push_back(std::async(std::launch::async, [&mountpoint, i] {
      return PutFile(mountpoint + "/new" + std::to_string(i), "content");
    }));
  }
  gate.AwaitWaiting(kHeldUp);

  auto read = std::async(std::launch::async, [&] { return GetFile(mountpoint + "/there"); });
  const bool answered = read.wait_for(std::chrono::seconds(20)) == std::future_status::ready;
  gate.Open();

  EXPECT_TRUE(answered);
  EXPECT_EQ(read.get(), "content");
  for (auto& commit : commits) EXPECT_EQ(commit.get(), 0);
}

}  // namespace
}  // namespace replicafs
