// unlink(2), answered before the removal is made.
#pragma once

#include <string_view>

#include "backend/base/result.h"
#include "fs/core/file_system_state.h"

namespace replicafs {

// False when the removal cannot be put off: nothing has happened. kNotFound.
Result<bool> UnlinkLater(FileSystemState& state, const NodePtr& parent, std::string_view name,
                         Node& node) REQUIRES(node.commit_mutex);

}  // namespace replicafs
