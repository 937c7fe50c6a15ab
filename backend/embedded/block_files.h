// The files that hold blocks: blocks/<2 hex>/<64 hex> of their SHA-256, written once.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "backend/base/clock.h"
#include "backend/base/digest.h"
#include "backend/base/mutex.h"
#include "backend/base/result.h"
#include "backend/base/unique_fd.h"
#include "backend/embedded/staged_blocks.h"

namespace replicafs::embedded {

constexpr size_t kShardCount = 256;

// Thread-safe. The 256 directories are made when they are first needed: a new account costs little.
// A file's modification time, taken from the account's clock, says when somebody last
// wanted it; garbage collection spares young files.
class BlockFiles {
 public:
  BlockFiles(std::string account_directory, const Clock& clock);
  // Makes the empty directories.
  static Status Create(const std::string& account_directory);

  std::string PathOf(const Digest& digest) const;
  std::string ShardPath(size_t shard) const;
  const std::string& staging_directory() const { return staging_; }

  // Writes the block unless it is there, undamaged; what it wrote is durable, its directory entry
  // is not. A file that this process has not seen the bytes of is compared first.
  Status Stage(const Digest& digest, ByteSpan bytes) const EXCLUDES(damaged_mutex_);
  // What this process staged and has not committed.
  StagedBlocks& staged() const { return staged_; }
  // Makes the files of those young, so that they are there when their commit comes.
  Status RenewStaged() const;
  // Makes the directory entries of the blocks durable.
  Status SyncEntries(std::span<const Digest> digests) const EXCLUDES(shards_mutex_);
  // Somebody read the block and its bytes were wrong: the next Stage writes it anew.
  void MarkDamaged(const Digest& digest) const EXCLUDES(damaged_mutex_);
  bool IsDamaged(const Digest& digest) const EXCLUDES(damaged_mutex_);
  // nullopt when there is no file.
  Result<std::optional<uint64_t>> SizeOf(const Digest& digest) const;
  // Makes the file young; false when there is none.
  Result<bool> Touch(const Digest& digest) const;
  // Removes the file unless it is younger than `before`. True when it is gone afterwards.
  Result<bool> RemoveIfOlder(const Digest& digest, Timestamp before) const;
  // Block files of a shard, in no order. Names that are no digests come through the second
  // function.
  Status ForEach(size_t shard, const std::function<Status(const Digest&)>& block,
                 const std::function<Status(const std::string&)>& stranger) const;
  // Removes temporary files older than `before`; how many.
  Result<size_t> RemoveStaging(Timestamp before) const;

 private:
  static constexpr size_t kSoundMaxBlocks = size_t{1} << 18;

  std::string TemporaryPath() const;
  // Whether the file has these bytes; read only the first time.
  bool Holds(const Digest& digest, ByteSpan bytes) const EXCLUDES(damaged_mutex_);
  void MarkSound(const Digest& digest) const EXCLUDES(damaged_mutex_);
  // Renames, making the directory of the block when it is missing.
  Status MoveIn(const std::string& temporary, const Digest& digest) const;
  Status SetTime(int fd, const std::string& path) const;

  const std::string blocks_;
  const std::string staging_;
  const Clock& clock_;
  mutable std::atomic<uint64_t> next_temporary_;
  mutable Mutex damaged_mutex_;
  mutable std::unordered_set<Digest, DigestHash> damaged_ GUARDED_BY(damaged_mutex_);
  // Files whose bytes this process wrote or compared.
  mutable std::unordered_set<Digest, DigestHash> sound_ GUARDED_BY(damaged_mutex_);
  mutable StagedBlocks staged_;
  mutable Mutex shards_mutex_;
  // Directories whose own entries this process has made durable.
  mutable std::bitset<kShardCount> durable_shards_ GUARDED_BY(shards_mutex_);
};

// When the file was last modified, by the account's clock.
Timestamp ModifiedOf(const struct stat& stat);
// The names in a directory, without "." and "..".
Result<std::vector<std::string>> NamesIn(const std::string& directory);

}  // namespace replicafs::embedded
