#include "backend/replication/staging_plan.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "backend/blob/block_schedule.h"

namespace replicafs {
namespace {

using Pieces = std::vector<StagingPiece>;

void PlanKnownBlocks(const BlockList& blocks, size_t item,
                     std::unordered_set<Digest, DigestHash>& seen, Pieces& pieces) {
  uint64_t offset = 0;
  for (const BlockRef& block : blocks) {
    if (seen.insert(block.digest).second) {
      pieces.push_back({.item = item,
                        .offset = offset,
                        .size_bytes = block.size_bytes,
                        .kind = StagingPiece::Kind::kKnown,
                        .digest = block.digest});
    }
    offset += block.size_bytes;
  }
}

void PlanCut(size_t item, uint64_t size_bytes, Pieces& pieces) {
  const size_t count = BlockCount(size_bytes);
  for (size_t block = 0; block < count; ++block) {
    const BlockSpan span = BlockNumber(block);
    pieces.push_back({.item = item,
                      .offset = span.offset,
                      .size_bytes = std::min(span.end(), size_bytes) - span.offset,
                      .kind = StagingPiece::Kind::kNewBlock,
                      .block = block});
  }
}

Status DropBlocksThatAreThere(BlobStore& destination, Pieces& pieces) {
  std::vector<Digest> digests;
  for (const StagingPiece& piece : pieces) {
    if (piece.kind == StagingPiece::Kind::kKnown) digests.push_back(piece.digest);
  }
  if (digests.empty()) return Ok();
  const auto there = TRY(destination.HasBlocks(digests));
  size_t asked = 0;
  std::erase_if(pieces, [&](const StagingPiece& piece) {
    return piece.kind == StagingPiece::Kind::kKnown && there[asked++];
  });
  return Ok();
}

}  // namespace

Result<Pieces> PlanStaging(BlobStore& destination, std::vector<StageItem>& items) {
  Pieces pieces;
  std::unordered_set<Digest, DigestHash> seen;
  for (size_t i = 0; i < items.size(); ++i) {
    const BlobReader& reader = *items[i].reader;
    const uint64_t size = reader.info().size_bytes;
    if (size <= destination.capabilities().inline_max_bytes) {
      items[i].content = std::string();
      pieces.push_back({.item = i, .size_bytes = size});
    } else if (reader.blocks()) {
      items[i].content = *reader.blocks();
      PlanKnownBlocks(*reader.blocks(), i, seen, pieces);
    } else {
      items[i].content = BlockList(BlockCount(size));
      PlanCut(i, size, pieces);
    }
  }
  TRY(DropBlocksThatAreThere(destination, pieces));
  return pieces;
}

}  // namespace replicafs
