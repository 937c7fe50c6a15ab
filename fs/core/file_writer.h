// A file under write: from the first change to the last close.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "backend/base/mutex.h"
#include "backend/blob/blob_store.h"
#include "cache/dirty_file.h"
#include "fs/core/types.h"

namespace replicafs {

// What a writer had to commit at one moment.
struct PreparedCommit {
  CommitBlob commit;
  uint64_t changes = 0;  // how many of the writer's changes it holds
  uint64_t session = 0;
};

// Shared by all handles of the file. Thread-safe.
class FileWriter {
 public:
  // Begins with what `base` has: a version of the blob. `base` and `pool` as DirtyFile.
  FileWriter(BlobStore& store, WritePool& pool, std::shared_ptr<BlobReader> base);
  // Begins empty, with these properties; must be committed even when nothing is written.
  // `first`: what the first commit expects of the name.
  FileWriter(BlobStore& store, WritePool& pool, BlobInfo info, Precondition first);

  Status Write(uint64_t offset, ByteSpan bytes, int64_t now_ns);
  Status Append(ByteSpan bytes, int64_t now_ns);
  Result<size_t> Read(uint64_t offset, std::span<std::byte> into);
  Status Truncate(uint64_t size_bytes, int64_t now_ns);
  // As DirtyFile's.
  Status Zero(uint64_t offset, uint64_t length, int64_t now_ns);
  Status Share(uint64_t offset, std::span<const BlockRef> blocks, int64_t now_ns);
  std::optional<uint64_t> Find(Extent what, uint64_t offset) const;
  uint64_t size_bytes() const { return content_.size_bytes(); }

  // The blob as it will be committed: its properties, size and times.
  BlobInfo Info() const EXCLUDES(mutex_);
  // Changes what will be committed.
  void SetProperties(BlobProperties properties, int64_t now_ns) EXCLUDES(mutex_);
  // Takes over what was changed in the store meanwhile; nothing needs to be committed for it.
  void AdoptInfo(const BlobInfo& info) EXCLUDES(mutex_);

  bool NeedsCommit() const EXCLUDES(mutex_);
  // Zero: nothing committed yet.
  VersionId committed() const EXCLUDES(mutex_);
  // What it has committed, or began with, held for who reads it later; nullptr: nothing is held.
  std::shared_ptr<BlobReader> held() const EXCLUDES(mutex_);
  // Until the next commit. The version that was committed last goes by another id where a renamed
  // directory has taken it.
  void Hold(std::shared_ptr<BlobReader> committed) EXCLUDES(mutex_);
  // What was committed stays a version of its own: the next commit does not replace it.
  void BeginSession() EXCLUDES(mutex_);
  // The file was renamed: what was the version `before` is now `now`. Another mount's is none of
  // this session's.
  void Renamed(VersionId before, VersionId now) EXCLUDES(mutex_);
  // The first commit need not find the name free.
  void DropPrecondition() EXCLUDES(mutex_);

  // What to commit (the path is the caller's), all that was written before the call. When it does
  // not follow or fails, the next call gives it again. One at a time: REQUIRES the file's commit
  // lock.
  Result<PreparedCommit> PrepareCommit() EXCLUDES(mutex_);
  // In the order in which they were prepared.
  void Committed(const Outcome& outcome, const PreparedCommit& prepared) EXCLUDES(mutex_);
  // Whether the commit that was prepared last does not hold everything.
  bool ChangedSincePrepared() const EXCLUDES(mutex_);
  // Whether the next commit may be prepared before it is known what became of the last one.
  bool CanFollow() const EXCLUDES(mutex_);

 private:
  void Modified(int64_t now_ns) EXCLUDES(mutex_);

  DirtyFile content_;
  Mutex append_mutex_;

  mutable Mutex mutex_;
  BlobInfo info_ GUARDED_BY(mutex_);  // its size is not kept up
  Precondition first_ GUARDED_BY(mutex_);
  bool must_commit_ GUARDED_BY(mutex_) = false;
  uint64_t changes_ GUARDED_BY(mutex_) = 0;  // of properties and times
  uint64_t prepared_changes_ GUARDED_BY(mutex_) = 0;
  uint64_t session_ GUARDED_BY(mutex_) = 1;
  uint64_t prepared_session_ GUARDED_BY(mutex_) = 0;
  VersionId committed_ GUARDED_BY(mutex_);
  VersionId replaceable_ GUARDED_BY(mutex_);  // the session's own version, or zero
  std::shared_ptr<BlobReader> held_ GUARDED_BY(mutex_);
};

}  // namespace replicafs
