// Reads blocks, and never hands out bytes of one that is not what its name says.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "backend/base/digest.h"
#include "backend/base/mutex.h"
#include "backend/base/result.h"
#include "backend/base/thread_pool.h"
#include "backend/base/unique_fd.h"
#include "backend/blob/file_parts.h"
#include "backend/embedded/block_files.h"

namespace replicafs::embedded {

// Thread-safe. The first read of a block by this process hashes it whole; later ones read the file.
class BlockReader {
 public:
  explicit BlockReader(const BlockFiles& files) : files_(files) {}

  // Fills the span from `offset`; short only at the block's end. kNotFound when there is no file,
  // kCorrupt (naming the file) when it does not hold the block.
  Result<size_t> Read(const Digest& digest, uint64_t offset, std::span<std::byte> into);
  // Where those bytes lie. Errors as Read, kCorrupt also when the file ends before them.
  Result<FilePart> Part(const Digest& digest, uint64_t offset, size_t size);
  // Somebody will soon read the block: hashes it in the background, unless that is much asked for
  // already. Errors are for who reads it.
  void VerifyAhead(const Digest& digest) EXCLUDES(mutex_);

 private:
  static constexpr size_t kOpenMaxFiles = 128;
  static constexpr size_t kVerifiedMaxBlocks = size_t{1} << 18;
  static constexpr size_t kVerifyLocks = 64;
  static constexpr size_t kAheadThreads = 3;
  static constexpr size_t kAheadMaxBlocks = 16;

  struct OpenBlock {
    Digest digest;
    std::shared_ptr<const UniqueFd> file;
  };

  Result<std::shared_ptr<const UniqueFd>> VerifiedFile(const Digest& digest) EXCLUDES(mutex_);
  Result<std::shared_ptr<const UniqueFd>> File(const Digest& digest) EXCLUDES(mutex_);
  void Drop(const Digest& digest) EXCLUDES(mutex_);
  bool IsVerified(const Digest& digest) EXCLUDES(mutex_);
  Status Verify(const Digest& digest, const UniqueFd& file) EXCLUDES(mutex_);

  const BlockFiles& files_;
  // One thread verifies a block, others that want it wait. Taken before mutex_.
  std::array<Mutex, kVerifyLocks> verifying_;
  Mutex mutex_;
  std::list<OpenBlock> open_ GUARDED_BY(mutex_);  // the latest used first
  std::unordered_map<Digest, std::list<OpenBlock>::iterator, DigestHash> open_by_digest_
      GUARDED_BY(mutex_);
  std::unordered_set<Digest, DigestHash> verified_ GUARDED_BY(mutex_);
  std::unordered_set<Digest, DigestHash> ahead_ GUARDED_BY(mutex_);  // asked for, not done
  // Made when it is first needed. Last: its threads use what stands above.
  std::unique_ptr<ThreadPool> ahead_threads_ GUARDED_BY(mutex_);
};

}  // namespace replicafs::embedded
