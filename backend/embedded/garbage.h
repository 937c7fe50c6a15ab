// Frees the room of blocks that nothing refers to.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "backend/base/clock.h"
#include "backend/base/mutex.h"
#include "backend/base/result.h"
#include "backend/embedded/block_files.h"
#include "backend/embedded/pins.h"
#include "backend/embedded/reserve.h"
#include "backend/embedded/schema.h"
#include "backend/lmdb/environment.h"

namespace replicafs::embedded {

struct GarbageReport {
  size_t blocks = 0;         // files whose references had gone
  size_t stray_blocks = 0;   // files that no commit ever named
  size_t staging_files = 0;  // what writers left behind
  bool more = false;         // unreferenced blocks wait for the next round
};

// Thread-safe. Files are removed inside write transactions: a commit that wants the block either
// comes first, and the block stays, or later, and finds it missing.
class GarbageCollector {
 public:
  GarbageCollector(lmdb::Environment& environment, const Tables& tables, const BlockFiles& files,
                   Pins& pins, const Reserve& reserve, const Clock& clock)
      : environment_(environment),
        tables_(tables),
        files_(files),
        pins_(pins),
        reserve_(reserve),
        clock_(clock) {}

  // Everything.
  Result<GarbageReport> CollectAll(std::chrono::seconds grace) EXCLUDES(mutex_);
  // One bounded round: some batches of unreferenced blocks, the staging directory, and the strays of one
  // directory of blocks, another one each time.
  Result<GarbageReport> CollectSome(std::chrono::seconds grace) EXCLUDES(mutex_);

 private:
  static constexpr size_t kBatchMaxBlocks = 256;  // writers wait for a batch
  static constexpr size_t kRoundMaxBatches = 16;
  static constexpr std::chrono::seconds kStrayAge = std::chrono::hours(24);

  // How many rows of the queue were looked at, and how many blocks went.
  struct Batch {
    size_t looked_at = 0;
    size_t removed = 0;
  };
  Result<Batch> CollectBatch(Timestamp before, std::string& resume_after) REQUIRES(mutex_);
  Result<size_t> CollectStrays(size_t shard, Timestamp before) REQUIRES(mutex_);
  bool Remove(const Digest& digest, Timestamp before);
  // Of a block without references since `since`: from which time on a file is too young to go.
  Timestamp FileBefore(Timestamp since, Timestamp before) const;
  Timestamp Ago(std::chrono::seconds age) const;

  lmdb::Environment& environment_;
  const Tables& tables_;
  const BlockFiles& files_;
  Pins& pins_;
  const Reserve& reserve_;
  const Clock& clock_;
  Mutex mutex_;
  std::string resume_after_ GUARDED_BY(mutex_);  // where the next round's batch begins
  size_t next_shard_ GUARDED_BY(mutex_) = 0;
};

}  // namespace replicafs::embedded
