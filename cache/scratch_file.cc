#include "cache/scratch_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace replicafs {

Status ScratchFile::Open() {
  if (file_.valid()) return Ok();
  std::string path = directory_ + "/dirty-XXXXXX";
  file_.Reset(::mkostemp(path.data(), O_CLOEXEC));
  if (!file_.valid()) return ErrnoError("create a scratch file in '" + directory_ + "'", errno);
  if (::unlink(path.c_str()) != 0) return ErrnoError("unlink '" + path + "'", errno);
  return Ok();
}

int ScratchFile::fd() {
  MutexLock lock(mutex_);
  return file_.get();
}

Result<uint64_t> ScratchFile::TakeSlot(uint64_t size_bytes) {
  MutexLock lock(mutex_);
  TRY(Open());
  std::vector<uint64_t>& free = free_[size_bytes];
  if (!free.empty()) {
    const uint64_t offset = free.back();
    free.pop_back();
    return offset;
  }
  const uint64_t offset = end_;
  end_ += size_bytes;
  return offset;
}

void ScratchFile::GiveSlot(uint64_t offset, uint64_t size_bytes) {
  // Where the file system cannot do it, the space comes back when the slot is used again.
  static_cast<void>(::fallocate(fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                static_cast<off_t>(offset), static_cast<off_t>(size_bytes)));
  MutexLock lock(mutex_);
  free_[size_bytes].push_back(offset);
}

Status ScratchFile::Write(uint64_t offset, ByteSpan bytes) {
  TRY(WriteFullAt(fd(), bytes, offset));
  return Ok();
}

Status ScratchFile::WriteZeros(uint64_t offset, uint64_t size_bytes) {
  static constexpr std::array<std::byte, size_t{64} << 10> kZeros{};
  while (size_bytes > 0) {
    const auto size = static_cast<size_t>(std::min<uint64_t>(size_bytes, kZeros.size()));
    TRY(Write(offset, ByteSpan(kZeros).first(size)));
    offset += size;
    size_bytes -= size;
  }
  return Ok();
}

Status ScratchFile::Read(uint64_t offset, std::span<std::byte> into) {
  const size_t read = TRY(ReadFullAt(fd(), into, offset));
  if (read < into.size()) return Error{ErrorCode::kIo, "the scratch file lost its end"};
  return Ok();
}

}  // namespace replicafs
