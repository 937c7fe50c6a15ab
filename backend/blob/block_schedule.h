// Where a blob is cut into blocks. Depends on the offset alone, so equal content at equal offsets
// gives equal blocks wherever it lies.
//
//   blocks      0 …  9,999   4 MiB each     up to   39 GiB
//   blocks 10,000 … 29,999  32 MiB each    up to  664 GiB
//   blocks 30,000 … 49,999 128 MiB each   up to 3.09 TiB
//
// 50,000 is the number of blocks that Azure takes ("Understanding block blobs").
#pragma once

#include <cstddef>
#include <cstdint>

namespace replicafs {

constexpr size_t kBlockCountMax = 50'000;
constexpr uint64_t kSmallBlockBytes = uint64_t{4} << 20;
constexpr uint64_t kMiddleBlockBytes = uint64_t{32} << 20;
constexpr uint64_t kLargeBlockBytes = uint64_t{128} << 20;

struct BlockSpan {
  size_t index = 0;
  uint64_t offset = 0;      // of the block's first byte in the blob
  uint64_t size_bytes = 0;  // of a full block

  uint64_t end() const { return offset + size_bytes; }
  bool operator==(const BlockSpan&) const = default;
};

// The largest blob, in bytes.
uint64_t BlobSizeMax();
// The block that holds the byte at `offset`. REQUIRES: offset < BlobSizeMax().
BlockSpan BlockAt(uint64_t offset);
// REQUIRES: index < kBlockCountMax.
BlockSpan BlockNumber(size_t index);
// Blocks of a blob of this size; its last one may be shorter than its span.
size_t BlockCount(uint64_t blob_size_bytes);

}  // namespace replicafs
