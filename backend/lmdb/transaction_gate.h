// Counts the transactions that this process has open in an environment, and makes room for the one
// operation that LMDB allows only when there are none: changing the size of the map.
#pragma once

#include <cstddef>

#include "backend/base/mutex.h"

namespace replicafs::lmdb {

// Thread-safe. A thread that is inside must not enter again: it could wait for a resize that waits
// for it.
class TransactionGate {
 public:
  // Waits while somebody is, or wants to be, alone.
  void Enter() EXCLUDES(mutex_);
  void Leave() EXCLUDES(mutex_);

  // Waits until nobody is inside and keeps everybody out until EndAlone.
  void BeginAlone() EXCLUDES(mutex_);
  void EndAlone() EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  CondVar changed_;
  size_t inside_ GUARDED_BY(mutex_) = 0;
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace replicafs::lmdb
