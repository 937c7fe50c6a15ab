// A version's content: BlobReader over a content row that was read when it was opened.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "backend/blob/blob_store.h"
#include "backend/embedded/block_reader.h"
#include "backend/embedded/pins.h"
#include "backend/embedded/records.h"

namespace replicafs::embedded {

// Thread-safe. Must not outlive the account.
class ContentReader final : public BlobReader {
 public:
  ContentReader(const BlobPath& path, BlobInfo info, ContentRecord content, BlockReader& reader,
                Pins& pins);

  const BlobInfo& info() const override { return info_; }
  Result<size_t> ReadAt(uint64_t offset, std::span<std::byte> into) override;
  const std::optional<BlockList>& blocks() const override { return *blocks_; }

 private:
  Status VerifyInline();
  Result<size_t> ReadBlocks(uint64_t offset, std::span<std::byte> into);
  Error Damaged(const std::string& what) const;

  const std::string path_;
  const BlobInfo info_;
  BlockReader& reader_;
  std::string inline_;
  PinnedBlocks blocks_;
  std::vector<uint64_t> ends_;  // of the blocks, as offsets in the blob
  std::atomic<bool> inline_verified_ = false;
};

}  // namespace replicafs::embedded
