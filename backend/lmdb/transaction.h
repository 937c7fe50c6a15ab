// Transactions of an Environment. What is read inside one is a string_view into the map and lives
// until the transaction ends or, in a write transaction, until its next change.
#pragma once

#include <cstdint>

struct MDB_txn;

namespace replicafs::lmdb {

class Environment;

// What can be read in: a snapshot of all tables.
class Transaction {
 public:
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  MDB_txn* handle() const { return handle_; }

 protected:
  explicit Transaction(MDB_txn* handle) : handle_(handle) {}
  ~Transaction() = default;

  MDB_txn* handle_;
};

// Made by Environment::BeginRead. Any thread may use it, one at a time. Short: it holds up the
// reuse of pages and the growth of the map. A thread has at most one transaction at a time.
class ReadTransaction : public Transaction {
 public:
  ReadTransaction(ReadTransaction&& other) noexcept;
  ReadTransaction& operator=(ReadTransaction&&) = delete;
  ~ReadTransaction();

 private:
  friend class Environment;
  ReadTransaction(Environment& environment, MDB_txn* handle)
      : Transaction(handle), environment_(&environment) {}

  Environment* environment_;
};

// Made by Environment::Update, for the closures that it runs.
class WriteTransaction : public Transaction {
 public:
  // Changes made so far, by all closures that share the transaction.
  uint64_t mutations() const { return mutations_; }

 private:
  friend class Environment;
  friend class Table;
  explicit WriteTransaction(MDB_txn* handle) : Transaction(handle) {}

  // Notes how a change ended; the code is passed on.
  int Mutated(int code);

  uint64_t mutations_ = 0;
  bool map_full_ = false;
};

}  // namespace replicafs::lmdb
