// Room on disk for blocks that memory has no room for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "backend/base/digest.h"
#include "backend/base/mutex.h"
#include "backend/base/result.h"
#include "backend/base/unique_fd.h"

namespace replicafs {

// One unlinked sparse file for a whole pool, handed out in slots. Thread-safe; what stands in a
// slot is its holder's to guard. Made with the first slot.
class ScratchFile {
 public:
  explicit ScratchFile(std::string directory) : directory_(std::move(directory)) {}

  // The offset of a slot; its bytes may be anything.
  Result<uint64_t> TakeSlot(uint64_t size_bytes) EXCLUDES(mutex_);
  // Gives its disk space back.
  void GiveSlot(uint64_t offset, uint64_t size_bytes) EXCLUDES(mutex_);

  // REQUIRES: inside a slot that is taken. kNoSpace.
  Status Write(uint64_t offset, ByteSpan bytes) EXCLUDES(mutex_);
  Status WriteZeros(uint64_t offset, uint64_t size_bytes) EXCLUDES(mutex_);
  // REQUIRES: inside what was written to a slot that is taken.
  Status Read(uint64_t offset, std::span<std::byte> into) EXCLUDES(mutex_);

 private:
  Status Open() REQUIRES(mutex_);
  int fd() EXCLUDES(mutex_);

  const std::string directory_;
  Mutex mutex_;
  UniqueFd file_ GUARDED_BY(mutex_);  // never replaced once it is open
  uint64_t end_ GUARDED_BY(mutex_) = 0;
  std::map<uint64_t, std::vector<uint64_t>> free_ GUARDED_BY(mutex_);  // offsets by slot size
};

}  // namespace replicafs
