// Removals of names that were answered before they are made: many go into one commit, and nobody
// waits for it but who asks the store next.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/base/result.h"
#include "fs/core/location.h"
#include "fs/core/types.h"

namespace replicafs {

// A file to be removed, seen under its name by who asked.
struct Removal {
  Location directory;
  std::string blob;  // its name in the container
  std::string etag;
  NodeId parent;
  std::string name;  // the Linux name
};

// Thread-safe.
class RemovalQueue {
 public:
  // Makes removals, oldest first, and answers for those that it cannot make. One at a time.
  using Maker = std::function<Status(const std::vector<Removal>&)>;

  explicit RemovalQueue(Maker make);
  // Makes what is left.
  ~RemovalQueue();
  RemovalQueue(const RemovalQueue&) = delete;
  RemovalQueue& operator=(const RemovalQueue&) = delete;

  // Whether removals may be answered early: not after one that could not be made, until one can.
  bool usable() const { return usable_; }
  // Waits while too many are left.
  void Push(Removal removal) EXCLUDES(mutex_);
  // Returns when everything that was pushed before has been made, or given up.
  void Settle() EXCLUDES(mutex_);
  // One has been made without waiting: the next ones need not wait either.
  void Retry() { usable_ = true; }

 private:
  void Run(const std::stop_token& stop) EXCLUDES(mutex_);
  // Releases the lock while it makes them.
  void MakeSome() REQUIRES(mutex_);

  const Maker make_;
  std::atomic<bool> usable_ = true;
  std::atomic<uint64_t> pushed_ = 0;
  std::atomic<uint64_t> made_ = 0;

  Mutex mutex_;
  CondVar changed_;
  std::deque<Removal> waiting_ GUARDED_BY(mutex_);
  bool making_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace replicafs
