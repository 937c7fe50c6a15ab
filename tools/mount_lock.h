// Held by the process that serves a mountpoint for as long as it lives, however it ends: who gets
// the lock knows that everything the mount had pending has been committed.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "backend/base/result.h"
#include "backend/base/unique_fd.h"

namespace replicafs {

class MountLock {
 public:
  // kBusy when another process serves this mountpoint of this root.
  static Result<MountLock> Acquire(const std::string& root, const std::string& mountpoint);
  // Returns when nobody has the lock; kTimeout.
  static Status WaitUntilFree(const std::string& root, const std::string& mountpoint,
                              std::chrono::milliseconds timeout);

 private:
  explicit MountLock(UniqueFd lock) : lock_(std::move(lock)) {}
  UniqueFd lock_;
};

}  // namespace replicafs
