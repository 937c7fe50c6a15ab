// Lets the rename of a directory wait until no change of a single name is on its way to the store,
// and the other way round: a name is worked out and used under the gate, so that no commit goes to
// a directory that has just moved.
#pragma once

#include <cstddef>

#include "backend/base/mutex.h"

namespace replicafs {

// Thread-safe. Held across calls to a store, never while waiting for another lock but leaves and
// the node table's.
class NamespaceGate {
 public:
  class Shared {
   public:
    explicit Shared(NamespaceGate& gate) : gate_(gate) { gate_.EnterShared(); }
    ~Shared() { gate_.LeaveShared(); }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;

   private:
    NamespaceGate& gate_;
  };

  class Exclusive {
   public:
    explicit Exclusive(NamespaceGate& gate) : gate_(gate) { gate_.EnterExclusive(); }
    ~Exclusive() { gate_.LeaveExclusive(); }
    Exclusive(const Exclusive&) = delete;
    Exclusive& operator=(const Exclusive&) = delete;

   private:
    NamespaceGate& gate_;
  };

 private:
  void EnterShared() EXCLUDES(mutex_);
  void LeaveShared() EXCLUDES(mutex_);
  void EnterExclusive() EXCLUDES(mutex_);
  void LeaveExclusive() EXCLUDES(mutex_);

  Mutex mutex_;
  CondVar changed_;
  size_t shared_ GUARDED_BY(mutex_) = 0;
  bool exclusive_ GUARDED_BY(mutex_) = false;
};

}  // namespace replicafs
