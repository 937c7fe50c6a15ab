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
  Status UseKey(ContentKeyPtr key) override;
  Result<size_t> ReadAt(uint64_t offset, std::span<std::byte> into) override;
  Result<std::optional<FileParts>> PartsAt(uint64_t offset, size_t size) override;
  const std::optional<BlockList>& blocks() const override;

 private:
  static constexpr size_t kAheadBlocks = 6;
  static constexpr size_t kAheadBlocksAtFirst = 2;
  static constexpr uint64_t kLookBytes = 512 << 10;

  Status CheckReadable() const;
  Status VerifyInline();
  Result<size_t> ReadBlocks(uint64_t offset, std::span<std::byte> into);
  size_t IndexAt(uint64_t offset) const;
  // The block is about to be read up to `end`: who reads on finds the next ones verified.
  void LookAhead(size_t index, uint64_t end);
  Error Damaged(const std::string& what) const;
  Error Unreadable(Error error) const;

  const std::string path_;
  const BlobInfo info_;
  BlockReader& reader_;
  std::string inline_;
  PinnedBlocks blocks_;
  bool encrypted_ = false;
  std::vector<Nonce> nonces_;  // of the blocks, where they are encrypted
  ContentKeyPtr key_;
  std::vector<uint64_t> ends_;  // of the blocks, as offsets in the blob
  std::atomic<bool> inline_verified_ = false;
  std::atomic<size_t> last_index_;  // of the block that was read last
};

}  // namespace replicafs::embedded
