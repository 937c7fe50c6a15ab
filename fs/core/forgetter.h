// Has the kernel forget names when there are too many.
#pragma once

#include <cstdint>
#include <stop_token>
#include <thread>

#include "backend/base/mutex.h"

namespace replicafs {

class FileSystemState;
class KernelNotifier;

// Thread-safe. The kernel remembers what it has once looked up until memory is short, or its own
// cache is full; we keep a node for each. What has open handles, or entries that are known, stays.
class Forgetter {
 public:
  Forgetter(FileSystemState& state, uint64_t nodes_max_bytes)
      : state_(state), nodes_max_bytes_(nodes_max_bytes) {}
  ~Forgetter() { Stop(); }

  void Start(KernelNotifier& notifier) EXCLUDES(mutex_);
  // Returns when no notification is under way any more.
  void Stop() EXCLUDES(mutex_);

 private:
  void Run(KernelNotifier& notifier, const std::stop_token& stop);

  FileSystemState& state_;
  const uint64_t nodes_max_bytes_;
  Mutex mutex_;
  std::jthread thread_ GUARDED_BY(mutex_);
};

}  // namespace replicafs
