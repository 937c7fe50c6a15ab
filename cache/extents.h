// Where a file's data and its holes lie, block by block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "backend/blob/blob_info.h"

namespace replicafs {

enum class Extent { kData, kHole };

// Whether this is a full block of zeros. Hashes one of each size once.
bool IsZeros(const BlockRef& block);

// Where `what` begins at or after `offset`. A block is data or a hole as a whole, and a hole
// follows the last byte. nullopt at or beyond the end, and where no data follows.
std::optional<uint64_t> FindExtent(const std::function<bool(size_t block_index)>& is_hole,
                                   uint64_t size_bytes, Extent what, uint64_t offset);

}  // namespace replicafs
