// Listing directories.
#pragma once

#include <functional>

#include "backend/base/result.h"
#include "fs/core/file_system_state.h"

namespace replicafs {

struct ReadDirectoryRequest {
  HandleId handle;
  uint64_t after = 0;
  FileSystem::Lookups lookups = FileSystem::Lookups::kNone;
};
using EntryVisitor = std::function<bool(const DirectoryEntry&)>;

Result<HandleId> OpenDirectory(FileSystemState& state, NodeId node);
Status ReadDirectory(FileSystemState& state, const ReadDirectoryRequest& request,
                     const EntryVisitor& visit);
void ReleaseDirectory(FileSystemState& state, HandleId handle);

}  // namespace replicafs
