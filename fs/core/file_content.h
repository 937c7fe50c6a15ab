// What open files hold: reading, writing, and changes of whole ranges.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "backend/base/result.h"
#include "cache/extents.h"
#include "fs/core/file_system_state.h"

namespace replicafs {

// The version that the node shows. kStale when the file was removed and nothing was kept of it.
Result<std::shared_ptr<BlobReader>> OpenVersion(FileSystemState& state, Node& node);

Result<size_t> ReadFile(FileSystemState& state, HandleId handle, uint64_t offset,
                        std::span<std::byte> into);
// nullopt: ReadFile must read it.
Result<std::optional<FileParts>> ReadFileParts(FileSystemState& state, HandleId handle,
                                               uint64_t offset, size_t size);
Result<size_t> WriteFile(FileSystemState& state, HandleId handle, uint64_t offset, ByteSpan bytes,
                         WriteSource source);
// kNoSpace when the account has not so much room: nothing is kept for the file, only asked.
Status AllocateRange(FileSystemState& state, HandleId handle, const RangeChange& change);
// nullopt at or beyond the end, or when no data follows.
Result<std::optional<uint64_t>> FindInFile(FileSystemState& state, HandleId handle, Extent what,
                                           uint64_t offset);
Result<size_t> CopyRange(FileSystemState& state, const CopyRequest& request);

}  // namespace replicafs
