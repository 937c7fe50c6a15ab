// One page of a directory's entries.
#pragma once

#include <vector>

#include "fs/core/file_system_state.h"

namespace replicafs {

// What of the entries is needed: a page may have more.
enum class EntryDetail { kNames, kAttributes };

// The entries after `from`; empty at the end. Without files that were shown before they were
// committed.
Result<DirectoryPage> ListDirectoryPage(FileSystemState& state, DirectoryHandle& handle,
                                        const ListPosition& from, EntryDetail detail)
    REQUIRES(handle.mutex);

// Where an entry of the directory lies.
Location ChildLocation(const Location& directory, const NodeSeed& seed);

}  // namespace replicafs
