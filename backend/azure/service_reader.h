// Reads a version whose bytes are at the service, or partly here: block files of this machine
// first, then ranges of the blob.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backend/azure/service_view.h"
#include "backend/base/mutex.h"
#include "backend/blob/blob_store.h"
#include "backend/embedded/service_side.h"

namespace replicafs::azure {

// Thread-safe. Must not outlive the account.
//
// How much is asked for at once grows while a reader goes on from where it was, from 64 KiB to a
// block; who jumps begins again. A block that is asked for whole is compared with its name, and
// stays on this machine.
class ServiceReader final : public BlobReader {
 public:
  ServiceReader(embedded::OpenedVersion version, ServiceView& view);

  const BlobInfo& info() const override { return version_.info; }
  Status UseKey(ContentKeyPtr key) override;
  Result<size_t> ReadAt(uint64_t offset, std::span<std::byte> into) override;
  Result<std::optional<FileParts>> PartsAt(uint64_t offset, size_t size) override;
  const std::optional<BlockList>& blocks() const override;

 private:
  static constexpr uint64_t kWindowMinBytes = 64 << 10;
  static constexpr uint64_t kWindowMaxBytes = 4 << 20;

  struct Block {
    BlockRef ref;
    uint64_t offset = 0;
  };

  Status CheckReadable() const;
  // Part of one block, or of a blob whose blocks are not known. Fills the span.
  Status ReadPiece(const std::optional<Block>& block, uint64_t offset, std::span<std::byte> into);
  Status FetchBlock(const Block& block, uint64_t offset, std::span<std::byte> into);
  Status FetchWindow(uint64_t end, uint64_t offset, std::span<std::byte> into) EXCLUDES(mutex_);
  bool FromWindow(uint64_t offset, std::span<std::byte> into) EXCLUDES(mutex_);
  uint64_t GrowWindow(uint64_t offset, uint64_t size_bytes) EXCLUDES(mutex_);
  Status Fetch(uint64_t offset, std::span<std::byte> into);
  std::optional<Block> BlockAtOffset(uint64_t offset) const;

  const embedded::OpenedVersion version_;
  ServiceView& view_;
  std::vector<uint64_t> ends_;  // of the blocks that are known, as offsets in the blob
  Mutex mutex_;
  uint64_t next_offset_ GUARDED_BY(mutex_) = 0;
  uint64_t window_bytes_ GUARDED_BY(mutex_) = kWindowMinBytes;
  uint64_t window_offset_ GUARDED_BY(mutex_) = 0;
  std::string window_ GUARDED_BY(mutex_);
};

}  // namespace replicafs::azure
