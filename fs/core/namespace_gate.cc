#include "fs/core/namespace_gate.h"

namespace replicafs {

void NamespaceGate::EnterShared() {
  MutexLock lock(mutex_);
  while (exclusive_) changed_.Wait(mutex_);
  ++shared_;
}

void NamespaceGate::LeaveShared() {
  MutexLock lock(mutex_);
  if (--shared_ == 0) changed_.NotifyAll();
}

// Closes to newcomers first, so that a stream of them cannot keep it waiting.
void NamespaceGate::EnterExclusive() {
  MutexLock lock(mutex_);
  while (exclusive_) changed_.Wait(mutex_);
  exclusive_ = true;
  while (shared_ > 0) changed_.Wait(mutex_);
}

void NamespaceGate::LeaveExclusive() {
  MutexLock lock(mutex_);
  exclusive_ = false;
  changed_.NotifyAll();
}

}  // namespace replicafs
