#include "fs/core/file_writer.h"

#include <utility>

#include "fs/core/posix_metadata.h"

namespace replicafs {
namespace {

constexpr int64_t kNanosecondsPerTick = 100;

}  // namespace

FileWriter::FileWriter(BlobStore& store, WritePool& pool, std::shared_ptr<BlobReader> base)
    : content_(store, pool, base), info_(base->info()) {}

FileWriter::FileWriter(BlobStore& store, WritePool& pool, BlobInfo info, Precondition first)
    : content_(store, pool, nullptr),
      info_(std::move(info)),
      first_(std::move(first)),
      must_commit_(true) {}

Status FileWriter::Write(uint64_t offset, ByteSpan bytes, int64_t now_ns) {
  TRY(content_.Write(offset, bytes));
  Modified(now_ns);
  return Ok();
}

Status FileWriter::Append(ByteSpan bytes, int64_t now_ns) {
  MutexLock lock(append_mutex_);
  return Write(content_.size_bytes(), bytes, now_ns);
}

Result<size_t> FileWriter::Read(uint64_t offset, std::span<std::byte> into) {
  return content_.Read(offset, into);
}

Status FileWriter::Truncate(uint64_t size_bytes, int64_t now_ns) {
  TRY(content_.Truncate(size_bytes));
  Modified(now_ns);
  return Ok();
}

Status FileWriter::Zero(uint64_t offset, uint64_t length, int64_t now_ns) {
  TRY(content_.Zero(offset, length));
  Modified(now_ns);
  return Ok();
}

Status FileWriter::Share(uint64_t offset, std::span<const BlockRef> blocks, int64_t now_ns) {
  TRY(content_.Share(offset, blocks));
  Modified(now_ns);
  return Ok();
}

std::optional<uint64_t> FileWriter::Find(Extent what, uint64_t offset) const {
  return content_.Find(what, offset);
}

void FileWriter::Modified(int64_t now_ns) {
  MutexLock lock(mutex_);
  RecordModified(now_ns, info_.properties.metadata);
  info_.last_modified.ticks = now_ns / kNanosecondsPerTick;
  must_commit_ = true;
  ++changes_;
}

BlobInfo FileWriter::Info() const {
  const uint64_t size_bytes = content_.size_bytes();
  MutexLock lock(mutex_);
  BlobInfo info = info_;
  info.size_bytes = size_bytes;
  return info;
}

void FileWriter::SetProperties(BlobProperties properties, int64_t now_ns) {
  MutexLock lock(mutex_);
  info_.properties = std::move(properties);
  info_.last_modified.ticks = now_ns / kNanosecondsPerTick;
  must_commit_ = true;
  ++changes_;
}

void FileWriter::AdoptInfo(const BlobInfo& info) {
  MutexLock lock(mutex_);
  info_ = info;
}

bool FileWriter::NeedsCommit() const {
  const bool content_changed = content_.dirty();
  MutexLock lock(mutex_);
  return must_commit_ || content_changed;
}

VersionId FileWriter::committed() const {
  MutexLock lock(mutex_);
  return committed_;
}

std::shared_ptr<BlobReader> FileWriter::held() const {
  MutexLock lock(mutex_);
  return held_;
}

void FileWriter::Hold(std::shared_ptr<BlobReader> committed) {
  MutexLock lock(mutex_);
  held_ = std::move(committed);
}

void FileWriter::BeginSession() {
  MutexLock lock(mutex_);
  replaceable_ = {};
  ++session_;
}

void FileWriter::Renamed(VersionId before, VersionId now) {
  MutexLock lock(mutex_);
  if (committed_ == before) committed_ = now;
  if (replaceable_ == before) replaceable_ = now;
}

void FileWriter::DropPrecondition() {
  MutexLock lock(mutex_);
  first_ = {};
}

Result<PreparedCommit> FileWriter::PrepareCommit() {
  PreparedCommit prepared;
  CommitBlob& commit = prepared.commit;
  {
    MutexLock lock(mutex_);
    must_commit_ = true;  // until Committed
    prepared_changes_ = changes_;
    prepared_session_ = session_;
    prepared.changes = changes_;
    prepared.session = session_;
    commit.properties = info_.properties;
    commit.replaces = replaceable_;
    if (!info_.version) commit.file_id = info_.file_id;
    if (!committed_) commit.precondition = first_;
  }
  // After the properties: content written in between is committed with times a little too old, and
  // again, with the right ones, by the next commit.
  commit.content = TRY(content_.MakeContent());
  return prepared;
}

void FileWriter::Committed(const Outcome& outcome, const PreparedCommit& prepared) {
  MutexLock lock(mutex_);
  committed_ = outcome.version;
  held_.reset();
  if (prepared.session == session_) replaceable_ = outcome.version;
  info_.name = prepared.commit.path.name;
  info_.version = outcome.version;
  info_.etag = outcome.etag;
  if (info_.created.ticks == 0) info_.created = outcome.last_modified;
  info_.sequence = outcome.sequence;
  info_.origin.reset();
  if (changes_ != prepared.changes) return;
  info_.last_modified = outcome.last_modified;
  must_commit_ = false;
}

bool FileWriter::ChangedSincePrepared() const {
  const bool content_changed = content_.dirty();
  MutexLock lock(mutex_);
  return content_changed || changes_ != prepared_changes_;
}

bool FileWriter::CanFollow() const {
  MutexLock lock(mutex_);
  const bool needs_version = prepared_session_ == session_;
  const bool needs_free_name = !committed_ && first_.if_none_match;
  return !needs_version && !needs_free_name;
}

}  // namespace replicafs
