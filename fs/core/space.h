// statfs(2).
#pragma once

#include "backend/base/result.h"
#include "fs/core/file_system_state.h"

namespace replicafs {

// Of the node's account; above accounts, of all that are open together.
Result<FileSystemSpace> SpaceOf(FileSystemState& state, NodeId node);

}  // namespace replicafs
