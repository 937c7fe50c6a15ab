// One page of a directory's entries.
#pragma once

#include <vector>

#include "fs/core/file_system_state.h"

namespace replicafs {

// The entries after `from`; empty at the end. Without files that were shown before they were
// committed.
Result<std::vector<ListedEntry>> ListDirectoryPage(FileSystemState& state, DirectoryHandle& handle,
                                                   const ListPosition& from) REQUIRES(handle.mutex);

// Where an entry of the directory lies.
Location ChildLocation(const Location& directory, const NodeSeed& seed);

}  // namespace replicafs
