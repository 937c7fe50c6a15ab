// An account whose changes wait at a gate: what is in front of it shows what it does meanwhile.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/blob/account.h"
#include "backend/blob/forwarding_store.h"

namespace replicafs {

// Thread-safe. Open at first.
class GatedStore final : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  void Hold() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    is_open_ = false;
  }
  void Release() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    is_open_ = true;
    changed_.NotifyAll();
  }
  // Returns when an Apply waits at the closed gate.
  void AwaitCaller() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    const auto deadline = WaitClock::now() + kPatience;
    while (callers_ == 0 && WaitClock::now() < deadline)
      changed_.WaitFor(mutex_, deadline - WaitClock::now());
    EXPECT_GT(callers_, 0U) << "nobody came to the gate";
  }
  // What Space tells from now on.
  void SetAvailable(uint64_t bytes) { available_ = bytes; }
  // How many changes each Apply had.
  std::vector<size_t> batches() const EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return batches_;
  }

  Result<SpaceInfo> Space() override {
    auto space = ForwardingStore::Space();
    if (space) space->available_bytes = std::min<uint64_t>(space->available_bytes, available_);
    return space;
  }

  // Fails the test when nobody opens the gate.
  Result<std::vector<Outcome>> Apply(std::vector<Mutation> mutations, uint64_t writer) override
      EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      const auto deadline = WaitClock::now() + kPatience;
      ++callers_;
      changed_.NotifyAll();
      while (!is_open_ && WaitClock::now() < deadline)
        changed_.WaitFor(mutex_, deadline - WaitClock::now());
      --callers_;
      EXPECT_TRUE(is_open_) << "something waited that should not";
      batches_.push_back(mutations.size());
    }
    return ForwardingStore::Apply(std::move(mutations), writer);
  }

 private:
  static constexpr std::chrono::seconds kPatience{20};

  mutable Mutex mutex_;
  CondVar changed_;
  std::atomic<uint64_t> available_ = UINT64_MAX;
  bool is_open_ GUARDED_BY(mutex_) = true;
  size_t callers_ GUARDED_BY(mutex_) = 0;
  std::vector<size_t> batches_ GUARDED_BY(mutex_);
};

class GatedAccount final : public Account {
 public:
  explicit GatedAccount(std::shared_ptr<Account> inner)
      : inner_(std::move(inner)), store_(inner_->store()) {}

  GatedStore& gate() { return store_; }
  // Past the gate.
  Account& inner() { return *inner_; }

  const std::string& name() const override { return inner_->name(); }
  BlobStore& store() override { return store_; }
  Journal& journal() override { return inner_->journal(); }
  const std::string& local_directory() const override { return inner_->local_directory(); }

 private:
  const std::shared_ptr<Account> inner_;
  GatedStore store_;
};

inline std::shared_ptr<Account> Gated(std::shared_ptr<Account> inner) {
  return std::make_shared<GatedAccount>(std::move(inner));
}

}  // namespace replicafs
