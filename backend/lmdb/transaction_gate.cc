#include "backend/lmdb/transaction_gate.h"

namespace replicafs::lmdb {

void TransactionGate::Enter() {
  MutexLock lock(mutex_);
  while (closed_) changed_.Wait(mutex_);
  ++inside_;
}

void TransactionGate::Leave() {
  MutexLock lock(mutex_);
  --inside_;
  if (closed_ && inside_ == 0) changed_.NotifyAll();
}

void TransactionGate::BeginAlone() {
  MutexLock lock(mutex_);
  while (closed_) changed_.Wait(mutex_);
  closed_ = true;
  while (inside_ > 0) changed_.Wait(mutex_);
}

void TransactionGate::EndAlone() {
  MutexLock lock(mutex_);
  closed_ = false;
  changed_.NotifyAll();
}

}  // namespace replicafs::lmdb
