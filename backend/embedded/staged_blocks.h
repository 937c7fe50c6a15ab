// The blocks that this process has staged, each as often as its commits have not named it since.
#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "backend/base/digest.h"
#include "backend/base/mutex.h"
#include "backend/base/time.h"
#include "backend/blob/blob_info.h"

namespace replicafs::embedded {

enum class StagedAs {
  kFound,    // the file was there
  kWritten,  // the file is new, its directory entry may not be durable
};

// Thread-safe. A file may stay open for days before its commit names the blocks, so their files are
// kept young; whoever gave up is not known, so a block is forgotten after a week. Two files may
// have staged the same block: the commit of the one must not give up the block of the other.
class StagedBlocks {
 public:
  void Add(const Digest& digest, StagedAs how, Timestamp now) EXCLUDES(mutex_);
  bool Contains(const Digest& digest) const EXCLUDES(mutex_);
  bool IsWritten(const Digest& digest) const EXCLUDES(mutex_);
  void Committed(const BlockList& blocks) EXCLUDES(mutex_);
  // The blocks whose files should be made young now; each is due again after a while.
  std::vector<Digest> TakeDue(Timestamp now) EXCLUDES(mutex_);

 private:
  static constexpr std::chrono::seconds kForgetAfter = std::chrono::hours(7 * 24);
  static constexpr std::chrono::seconds kRenewAfter = std::chrono::minutes(10);

  struct Staged {
    StagedAs how;
    uint64_t count;  // commits that are to come, as far as is known
    Timestamp since;
    Timestamp renewed;
  };

  mutable Mutex mutex_;
  std::unordered_map<Digest, Staged, DigestHash> staged_ GUARDED_BY(mutex_);
};

}  // namespace replicafs::embedded
