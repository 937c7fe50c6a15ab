// The pool of read transactions: renewing one is much cheaper than beginning one.
#include <lmdb.h>

#include <utility>

#include "backend/lmdb/environment.h"
#include "backend/lmdb/fault_guard.h"
#include "backend/lmdb/lmdb_error.h"

namespace replicafs::lmdb {

MDB_txn* Environment::TakePooled() {
  MutexLock lock(pool_mutex_);
  if (pool_.empty()) return nullptr;
  MDB_txn* const transaction = pool_.back();
  pool_.pop_back();
  return transaction;
}

Result<ReadTransaction> Environment::BeginRead() {
  bool dead_readers_cleared = false;
  for (;;) {
    gate_.Enter();
    MDB_txn* transaction = TakePooled();
    const bool pooled = transaction != nullptr;
    const int code = Guarded([&] {
      return pooled ? mdb_txn_renew(transaction)
                    : mdb_txn_begin(handle_, nullptr, MDB_RDONLY, &transaction);
    });
    if (code == MDB_SUCCESS) return ReadTransaction(*this, transaction);
    if (pooled) mdb_txn_abort(transaction);
    gate_.Leave();

    if (code == MDB_MAP_RESIZED) {
      AdoptSize();
    } else if (code == MDB_READERS_FULL && !dead_readers_cleared) {
      int cleared = 0;
      mdb_reader_check(handle_, &cleared);
      dead_readers_cleared = true;
    } else {
      return LmdbError("begin a transaction in '" + path_ + "'", code);
    }
  }
}

void Environment::EndRead(MDB_txn* transaction) {
  mdb_txn_reset(transaction);
  {
    MutexLock lock(pool_mutex_);
    if (pool_.size() < kPoolMaxTransactions) {
      pool_.push_back(transaction);
      transaction = nullptr;
    }
  }
  if (transaction != nullptr) mdb_txn_abort(transaction);
  gate_.Leave();
  map_pages_.TransactionEnded();
}

ReadTransaction::ReadTransaction(ReadTransaction&& other) noexcept
    : Transaction(std::exchange(other.handle_, nullptr)), environment_(other.environment_) {}

ReadTransaction::~ReadTransaction() {
  if (handle_ != nullptr) environment_->EndRead(handle_);
}

}  // namespace replicafs::lmdb
