// An LMDB environment: a set of tables in one directory, changed in durable transactions, shared by
// the threads of this process and by other processes.
//
// The map (the environment's largest size) starts at Options::initial_map_bytes and doubles when it
// is full; growth by other processes is adopted. Readers that died are cleared away at open, when
// the table of readers or the map is full, and whenever somebody asks for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/base/result.h"
#include "backend/lmdb/group_queue.h"
#include "backend/lmdb/map_pages.h"
#include "backend/lmdb/page_check.h"
#include "backend/lmdb/table.h"
#include "backend/lmdb/transaction.h"
#include "backend/lmdb/transaction_gate.h"

struct MDB_env;

namespace replicafs::lmdb {

enum class Missing {
  kMake,    // an environment that is not there is made
  kRefuse,  // it was there and is lost: kCorrupt
};

enum class Durability {
  kSynced,    // a commit survives power loss
  kUnsynced,  // a commit survives the process only
};

// Thread-safe. Must not be used in a child after fork: open it there anew.
class Environment {
 public:
  struct Options {
    size_t initial_map_bytes = size_t{1} << 30;
    unsigned max_tables = 32;
    Durability durability = Durability::kSynced;
    Missing missing = Missing::kMake;
    // Of mapped files in this process's memory; more is given back to the kernel after
    // transactions.
    uint64_t mapped_max_bytes = uint64_t{64} << 20;
  };

  // Opens the environment in an existing directory.
  // kBusy: this process has it open already (its locks belong to the process, so LMDB would lose
  // them when either is closed). kCorrupt: its file is damaged; a file of up to kWholeMaxBytes is
  // looked at whole, of a larger one what leads to other pages.
  static Result<std::unique_ptr<Environment>> Open(const std::string& path, const Options& options);
  // REQUIRES: no transaction is open.
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // The named tables, in order; made where they do not exist. Before any other thread knows the
  // environment.
  Result<std::vector<Table>> OpenTables(std::span<const std::string_view> names);

  Result<ReadTransaction> BeginRead();

  // Runs the closure in a write transaction and commits it; on return its changes are durable and
  // visible, or on error none of them happened. Closures of several threads share a commit.
  Status Update(const WriteFunction& run);

  // What is wrong with the file, in sentences; none: nothing. kBusy when commits follow each other
  // too fast to look.
  Result<std::vector<std::string>> FindDamage(PageDepth depth);

  // Frees the places of readers whose process died, and with them the pages that they saw; how
  // many.
  Result<int> ClearDeadReaders();

  // Grows with every commit that changed something, in whatever process: the commit is what a
  // transaction sees that begins after this call. No disk access. 0 when it cannot be told.
  uint64_t LastTransactionId();
  uint64_t MapBytes() const EXCLUDES(map_mutex_);

 private:
  friend class ReadTransaction;

  Environment(MDB_env* handle, std::string path, uint64_t mapped_max_bytes)
      : handle_(handle), path_(std::move(path)), map_pages_(mapped_max_bytes) {}

  void EndRead(MDB_txn* transaction);
  MDB_txn* TakePooled() EXCLUDES(pool_mutex_);

  // What the run of a group came to.
  enum class Step { kFinished, kRunAgain };
  void RunGroup(const std::vector<Submission*>& group);
  Step RunOnce(std::vector<Submission*>& pending);
  Result<MDB_txn*> BeginWrite();
  Step CommitWrite(MDB_txn* transaction, const std::vector<Submission*>& pending);
  Step GrowFor(const std::vector<Submission*>& pending);

  Status Grow();
  void AdoptSize();
  // REQUIRES: alone in the gate. Aborts when the map is gone and cannot be made again.
  void ResizeMap(size_t bytes) EXCLUDES(map_mutex_);

  static constexpr size_t kPoolMaxTransactions = 64;
  static constexpr uint64_t kWholeMaxBytes = 16 << 20;

  MDB_env* const handle_;
  const std::string path_;
  MapPages map_pages_;
  TransactionGate gate_;
  GroupQueue queue_;
  // Held while the map moves and by who looks into it outside of a transaction.
  mutable Mutex map_mutex_;
  Mutex pool_mutex_;
  std::vector<MDB_txn*> pool_ GUARDED_BY(pool_mutex_);  // reset, ready to be renewed
};

}  // namespace replicafs::lmdb
