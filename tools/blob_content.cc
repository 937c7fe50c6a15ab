#include "tools/blob_content.h"

#include <unistd.h>

#include <cerrno>

#include "backend/blob/block_schedule.h"

namespace replicafs {
namespace {

// Short only at the end of the file, which may be a pipe.
Result<size_t> ReadFull(int fd, std::span<char> into, const std::string& name) {
  size_t done = 0;
  while (done < into.size()) {
    const ssize_t size = ::read(fd, into.data() + done, into.size() - done);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return ErrnoError("read '" + name + "'", errno);
    if (size == 0) break;
    done += static_cast<size_t>(size);
  }
  return done;
}

}  // namespace

Result<Content> StageFile(BlobStore& store, int fd, const std::string& name, Progress& progress) {
  BlockList blocks;
  std::string bytes;
  uint64_t done = 0;
  for (size_t index = 0;; ++index) {
    if (index == kBlockCountMax)
      return Error{ErrorCode::kTooLarge, "'" + name + "' is larger than a blob can be"};
    bytes.resize(BlockNumber(index).size_bytes);
    const size_t size = TRY(ReadFull(fd, bytes, name));
    const bool ends = size < bytes.size();
    bytes.resize(size);
    if (index == 0 && ends && size <= store.capabilities().inline_max_bytes)
      return Content(std::move(bytes));
    if (size > 0) {
      const BlockRef block{Sha256(AsBytes(bytes)), size};
      TRY(store.StageBlock(block.digest, AsBytes(bytes)));
      blocks.push_back(block);
      progress.Update(done += size, 0);
    }
    if (ends) return Content(std::move(blocks));
  }
}

}  // namespace replicafs
