// The inside of WritePool: who holds how much memory, what may be let go first, and the queue of
// blocks to stage.
//
// LOCK ORDER: a file's lock < the pool's lock. Reserve and the staging threads hold neither when
// they call into a file, so a thread never holds two files' locks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/base/result.h"
#include "cache/dirty_file.h"
#include "cache/scratch_file.h"

namespace replicafs {

struct BlockHandle {
  std::weak_ptr<DirtyFileState> file;
  size_t index = 0;
};

// Thread-safe.
class WritePoolState {
 public:
  WritePoolState(std::string scratch_directory, const WritePool::Options& options);
  ~WritePoolState();

  // Waits until the budget has room, which it makes: by dropping clean blocks, by staging full
  // ones, by spilling the one that was written longest ago. An error of spilling.
  // REQUIRES: the caller holds no lock, and no reservation that is not in a block.
  Status Reserve(uint64_t bytes) EXCLUDES(mutex_);
  // Without waiting, for what gives memory back soon.
  void ReserveAnyway(uint64_t bytes) EXCLUDES(mutex_);
  void Release(uint64_t bytes) EXCLUDES(mutex_);
  uint64_t used_bytes() const EXCLUDES(mutex_);

  // What letting a block go costs.
  enum class Cost { kNothing, kSpill };
  // Notes that a block in memory can be let go, newest last. Takes the ticket that an earlier call
  // gave (zero: none) and returns the one that is now good.
  uint64_t Enlist(uint64_t ticket, Cost cost, BlockHandle block) EXCLUDES(mutex_);
  void Withdraw(uint64_t ticket) EXCLUDES(mutex_);

  void QueueStaging(BlockHandle block) EXCLUDES(mutex_);

  ScratchFile& scratch() { return scratch_; }

 private:
  using Candidates = std::map<uint64_t, BlockHandle>;  // by ticket, oldest first

  void Run() EXCLUDES(mutex_);

  const uint64_t memory_max_bytes_;
  ScratchFile scratch_;
  mutable Mutex mutex_;
  CondVar queued_;
  CondVar changed_;  // of what Reserve looks at
  size_t waiting_ GUARDED_BY(mutex_) = 0;
  uint64_t used_bytes_ GUARDED_BY(mutex_) = 0;
  uint64_t last_ticket_ GUARDED_BY(mutex_) = 0;
  Candidates clean_ GUARDED_BY(mutex_);
  Candidates dirty_ GUARDED_BY(mutex_);
  std::deque<BlockHandle> queue_ GUARDED_BY(mutex_);  // bounded by the blocks of open files
  size_t running_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace replicafs
