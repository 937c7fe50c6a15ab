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

// In place.
Nonce Encrypt(const ContentKey& key, std::string& bytes) {
  const Nonce nonce = key.NonceOf(AsBytes(bytes));
  key.Crypt(nonce, 0, AsBytes(bytes),
            std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
  return nonce;
}

}  // namespace

Result<StagedFile> StageFile(BlobStore& store, const FileToStage& file, Progress& progress) {
  StagedFile staged;
  if (file.key != nullptr) staged.encryption.emplace().key_sha256 = file.key->sha256();
  BlockList blocks;
  std::string bytes;
  uint64_t done = 0;
  for (size_t index = 0;; ++index) {
    if (index == kBlockCountMax)
      return Error{ErrorCode::kTooLarge, "'" + file.name + "' is larger than a blob can be"};
    bytes.resize(BlockNumber(index).size_bytes);
    const size_t size = TRY(ReadFull(file.fd, bytes, file.name));
    const bool ends = size < bytes.size();
    bytes.resize(size);
    const bool is_small = size <= store.capabilities().inline_max_bytes;
    if (index == 0 && ends && is_small && !staged.encryption) {
      staged.content = std::move(bytes);
      return staged;
    }
    if (size > 0) {
      if (staged.encryption) staged.encryption->nonces.push_back(Encrypt(*file.key, bytes));
      const BlockRef block{Sha256(AsBytes(bytes)), size};
      TRY(store.StageBlock(block.digest, AsBytes(bytes)));
      blocks.push_back(block);
      progress.Update(done += size, 0);
    }
    if (!ends) continue;
    staged.content = std::move(blocks);
    return staged;
  }
}

}  // namespace replicafs
