#include "backend/embedded/block_reader.h"

#include <fcntl.h>

#include <string>

namespace replicafs::embedded {

Result<size_t> BlockReader::Read(const Digest& digest, uint64_t offset, std::span<std::byte> into) {
  const std::shared_ptr<const UniqueFd> file = TRY(File(digest));
  if (!IsVerified(digest)) {
    MutexLock lock(verifying_[digest.bytes.back() % kVerifyLocks]);
    if (!IsVerified(digest)) TRY(Verify(digest, *file));
  }
  return ReadFullAt(file->get(), into, offset);
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
  struct stat stat {};
  if (::fstat(file.get(), &stat) != 0)
    return ErrnoError("stat '" + files_.PathOf(digest) + "'", errno);
  std::vector<std::byte> bytes(static_cast<size_t>(stat.st_size));
  const size_t size = TRY(ReadFullAt(file.get(), bytes, 0));
  if (Sha256(std::span(bytes).first(size)) != digest) {
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
