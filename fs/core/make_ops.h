// Making directories, symlinks and special files. Files that are opened with their making:
// file_ops.h.
#pragma once

#include <string_view>

#include "backend/base/result.h"
#include "fs/core/file_system_state.h"

namespace replicafs {

Result<Entry> MakeDirectory(FileSystemState& state, NodeId parent, std::string_view name,
                            mode_t mode, const Caller& caller);
Result<Entry> MakeNode(FileSystemState& state, NodeId parent, std::string_view name, mode_t mode,
                       uint64_t device, const Caller& caller);
Result<Entry> MakeSymlink(FileSystemState& state, NodeId parent, std::string_view name,
                          std::string_view target, const Caller& caller);

// What a file made by `caller` in `directory` begins with: a directory with the set-group-id bit
// passes its group on. `mode` with the type.
Result<NewFile> NewFileIn(FileSystemState& state, const NodePtr& directory, mode_t mode,
                          const Caller& caller);

}  // namespace replicafs
