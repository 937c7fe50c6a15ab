// Extended attributes: those of users, kept in metadata, and the ones that show versions,
// replication and the blob's own properties (virtual_xattrs.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "fs/core/file_system_state.h"

namespace replicafs {

Result<std::string> GetXattr(FileSystemState& state, NodeId node, std::string_view name);
Result<std::vector<std::string>> ListXattrs(FileSystemState& state, NodeId node);
Status SetXattr(FileSystemState& state, NodeId node, std::string_view name, std::string_view value,
                XattrMode mode);
Status RemoveXattr(FileSystemState& state, NodeId node, std::string_view name);

}  // namespace replicafs
