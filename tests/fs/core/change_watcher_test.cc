#include <algorithm>
#include <chrono>

#include "backend/base/mutex.h"
#include "tests/support/file_system_fixture.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

// Remembers what it was told.
class RecordingNotifier final : public KernelNotifier {
 public:
  void InvalidateNode(NodeId node) override {
    MutexLock lock(mutex_);
    nodes_.push_back(node);
    changed_.NotifyAll();
  }
  void InvalidateEntry(NodeId parent, std::string_view name) override {
    MutexLock lock(mutex_);
    entries_.emplace_back(parent, name);
    changed_.NotifyAll();
  }
  void Forget(std::span<const RememberedEntry>) override {}

  bool WaitForNode(NodeId node) {
    MutexLock lock(mutex_);
    return WaitUntil([&]() REQUIRES(mutex_) {
      return std::find(nodes_.begin(), nodes_.end(), node) != nodes_.end();
    });
  }
  bool WaitForEntry(NodeId parent, const std::string& name) {
    MutexLock lock(mutex_);
    return WaitUntil([&]() REQUIRES(mutex_) {
      return std::find(entries_.begin(), entries_.end(), std::make_pair(parent, name)) !=
             entries_.end();
    });
  }
  bool HasEntry(const std::string& name) {
    MutexLock lock(mutex_);
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const auto& entry) { return entry.second == name; });
  }

 private:
  template <class Condition>
  bool WaitUntil(const Condition& condition) REQUIRES(mutex_) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      changed_.WaitFor(mutex_, std::chrono::milliseconds(100));
    }
    return true;
  }

  Mutex mutex_;
  CondVar changed_;
  std::vector<NodeId> nodes_ GUARDED_BY(mutex_);
  std::vector<std::pair<NodeId, std::string>> entries_ GUARDED_BY(mutex_);
};

class Watcher : public ::testing::Test, public MountedFixture {
 protected:
  ~Watcher() override { fs().StopNotifying(); }
  RecordingNotifier notifier_;
};

TEST_F(Watcher, S35_ChangesByOthersInvalidateTheFileAndItsDirectory) {
  Put("d/a", "one");
  const NodeId directory = Must(Walk("d"));
  const NodeId file = Must(Walk("d/a"));
  fs().StartNotifying(notifier_);

  Put("d/a", "two");

  EXPECT_TRUE(notifier_.WaitForNode(file));
  EXPECT_TRUE(notifier_.WaitForNode(directory));
  EXPECT_TRUE(notifier_.WaitForEntry(directory, "a"));
}

TEST_F(Watcher, NamesBelowWhatTheKernelKnowsInvalidateTheDeepestKnownDirectory) {
  Put("d/a", "one");
  const NodeId directory = Must(Walk("d"));
  fs().StartNotifying(notifier_);

  Put("d/new/deep/file", "x");

  EXPECT_TRUE(notifier_.WaitForEntry(directory, "new"));
  EXPECT_TRUE(notifier_.WaitForNode(directory));
}

TEST_F(Watcher, ADirectoryThatStaysKeepsItsEntry) {
  Put("d/a", "one");
  const NodeId directory = Must(Walk("d"));
  fs().StartNotifying(notifier_);

  Put("d/a", "two");
  Put("d/b", "one");
  Must(ApplyOne(store(), RemoveBlob{.path = {"box", "d/a"}}, 0));
  Put("last", "x");

  EXPECT_TRUE(notifier_.WaitForEntry(directory, "b"));
  EXPECT_TRUE(notifier_.WaitForEntry(kRootNode, "last"));
  EXPECT_FALSE(notifier_.HasEntry("d"));
}

TEST_F(Watcher, ADirectoryThatComesBackIsToldWhereItWasMissed) {
  Put("d/a", "one");
  ASSERT_OK(Walk("d/a"));
  Must(ApplyOne(store(), RemoveBlob{.path = {"box", "d/a"}}, 0));
  EXPECT_CODE(kNotFound, Walk("d"));
  fs().StartNotifying(notifier_);

  Put("d/a", "two");

  EXPECT_TRUE(notifier_.WaitForEntry(kRootNode, "d"));
}

TEST_F(Watcher, OwnChangesAreNotTold) {
  fs().StartNotifying(notifier_);
  ASSERT_OK(WriteFile("mine", "x"));

  Put("theirs", "x");

  EXPECT_TRUE(notifier_.WaitForEntry(kRootNode, "theirs"));
  EXPECT_FALSE(notifier_.HasEntry("mine"));
}

TEST_F(Watcher, DirectoriesThatEndWithTheirLastFileAreToldAtEveryLevel) {
  Put("a/b/c/file", "x");
  const NodeId top = Must(Walk("a"));
  const NodeId middle = Must(Walk("a/b"));
  ASSERT_OK(Walk("a/b/c/file"));
  fs().StartNotifying(notifier_);

  Must(ApplyOne(store(), RemoveBlob{.path = {"box", "a/b/c/file"}}, 0));

  EXPECT_TRUE(notifier_.WaitForEntry(kRootNode, "a"));
  EXPECT_TRUE(notifier_.WaitForEntry(top, "b"));
  EXPECT_TRUE(notifier_.WaitForEntry(middle, "c"));
}

TEST_F(Watcher, TheEndOfAVersionIsToldToTheMountThatAskedForItToo) {
  ASSERT_OK(WriteFile("file", "x"));
  const NodeId file = Must(Walk("file"));
  const std::string version = Must(GetXattr("file", "user.version.id"));
  fs().StartNotifying(notifier_);

  ASSERT_OK(Unlink(".versions/file/" + version));

  EXPECT_TRUE(notifier_.WaitForEntry(kRootNode, "file"));
  EXPECT_TRUE(notifier_.WaitForNode(file));
}

TEST_F(Watcher, WhatALostFileShowedIsForgotten) {
  ASSERT_OK(WriteFile("known", "old"));
  const NodeId node = Must(Walk("known"));
  fs().StartNotifying(notifier_);
  const HandleId made = Must(Open("lost", O_WRONLY | O_CREAT));
  const HandleId known = Must(Open("known", O_WRONLY));
  ASSERT_OK(WriteAt(known, 0, "new"));
  SetDestination("policy");

  fs().Release(made);
  fs().Release(known);

  EXPECT_TRUE(notifier_.WaitForEntry(kRootNode, "lost"));
  EXPECT_TRUE(notifier_.WaitForNode(node));
  EXPECT_EQ(Must(fs().OpenNode(node, O_RDONLY)).cache, OpenedFile::Cache::kDrop);
}

TEST_F(Watcher, NamesAreToldAsTheyAreShown) {
  fs().StartNotifying(notifier_);

  Put("%!new%0Aline", "x");

  EXPECT_TRUE(notifier_.WaitForEntry(kRootNode, "new\nline"));
}

}  // namespace
}  // namespace replicafs
