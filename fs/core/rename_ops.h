// rename(2) and renameat2(2) inside a container.
#pragma once

#include <string_view>

#include "backend/base/result.h"
#include "fs/core/file_system_state.h"

namespace replicafs {

struct RenameRequest {
  NodeId parent;
  std::string_view name;
  NodeId new_parent;
  std::string_view new_name;
  RenameMode mode = RenameMode::kReplace;
};

Status Rename(FileSystemState& state, const RenameRequest& request);

}  // namespace replicafs
