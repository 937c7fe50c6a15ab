#include "backend/embedded/block_reader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>
#include <utility>

namespace replicafs::embedded {

namespace {

// Small enough to stay in the processor's cache between reading and hashing.
constexpr size_t kHashStepBytes = 64 << 10;

}  // namespace

Result<size_t> BlockReader::Read(const Digest& digest, uint64_t offset, std::span<std::byte> into) {
  const auto file = TRY(VerifiedFile(digest));
  return ReadFullAt(file->get(), into, offset);
}

Result<FilePart> BlockReader::Part(const Digest& digest, uint64_t offset, size_t size) {
  auto file = TRY(VerifiedFile(digest));
  struct stat stat {};
  if (::fstat(file->get(), &stat) != 0)
    return ErrnoError("stat '" + files_.PathOf(digest) + "'", errno);
  if (static_cast<uint64_t>(stat.st_size) < offset + size) {
    return Error{ErrorCode::kCorrupt,
                 "block file '" + files_.PathOf(digest) + "' has lost its end"};
  }
  return FilePart{.file = std::move(file), .offset = offset, .size = size};
}

void BlockReader::VerifyAhead(const Digest& digest) {
  MutexLock lock(mutex_);
  if (verified_.contains(digest) || ahead_.contains(digest)) return;
  if (ahead_threads_ == nullptr)
    ahead_threads_ = std::make_unique<ThreadPool>(kAheadThreads, kAheadMaxBlocks);
  const auto verify = [this, digest] {
    static_cast<void>(VerifiedFile(digest));
    MutexLock done(mutex_);
    ahead_.erase(digest);
  };
  if (ahead_threads_->TrySubmit(verify)) ahead_.insert(digest);
}

Result<std::shared_ptr<const UniqueFd>> BlockReader::VerifiedFile(const Digest& digest) {
  auto file = TRY(File(digest));
  if (!IsVerified(digest)) {
    MutexLock lock(verifying_[digest.bytes.back() % kVerifyLocks]);
    if (!IsVerified(digest)) TRY(Verify(digest, *file));
  }
  return file;
}

Result<std::shared_ptr<const UniqueFd>> BlockReader::File(const Digest& digest) {
  {
    MutexLock lock(mutex_);
    const auto found = open_by_digest_.find(digest);
    if (found != open_by_digest_.end()) {
      open_.splice(open_.begin(), open_, found->second);
      return open_.front().file;
    }
  }
  auto file = std::make_shared<const UniqueFd>(TRY(OpenFile(files_.PathOf(digest), O_RDONLY)));
  MutexLock lock(mutex_);
  if (open_by_digest_.contains(digest)) return file;
  open_.push_front({digest, file});
  open_by_digest_[digest] = open_.begin();
  if (open_.size() > kOpenMaxFiles) {
    open_by_digest_.erase(open_.back().digest);
    open_.pop_back();
  }
  return file;
}

void BlockReader::Drop(const Digest& digest) {
  MutexLock lock(mutex_);
  const auto found = open_by_digest_.find(digest);
  if (found == open_by_digest_.end()) return;
  open_.erase(found->second);
  open_by_digest_.erase(found);
}

bool BlockReader::IsVerified(const Digest& digest) {
  MutexLock lock(mutex_);
  return verified_.contains(digest);
}

Status BlockReader::Verify(const Digest& digest, const UniqueFd& file) {
  // All of it will be read: the disk need not be asked piece by piece.
  static_cast<void>(::posix_fadvise(file.get(), 0, 0, POSIX_FADV_WILLNEED));
  Sha256Hasher hasher;
  std::array<std::byte, kHashStepBytes> step;
  for (uint64_t offset = 0;;) {
    const size_t size = TRY(ReadFullAt(file.get(), step, offset));
    hasher.Update(std::span(step).first(size));
    offset += size;
    if (size < step.size()) break;
  }
  if (hasher.Finish() != digest) {
    Drop(digest);
    files_.MarkDamaged(digest);
    return Error{ErrorCode::kCorrupt,
                 "block file '" + files_.PathOf(digest) + "' does not hold the block"};
  }
  MutexLock lock(mutex_);
  if (verified_.size() >= kVerifiedMaxBlocks) verified_.clear();
  verified_.insert(digest);
  return Ok();
}

}  // namespace replicafs::embedded
