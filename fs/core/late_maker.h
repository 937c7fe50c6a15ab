// Makes what was answered early.
#pragma once

#include <vector>

#include "backend/base/result.h"
#include "fs/core/file_system_state.h"

namespace replicafs {

// Makes changes of one account, in one step if that is possible. What others have changed or
// removed since is left as it is, and told to the kernel; so is what fails, which is logged too.
Status MakeLateChanges(FileSystemState& state, std::vector<LateChange>& changes);

}  // namespace replicafs
