#include "fs/core/space.h"

namespace replicafs {

Result<FileSystemSpace> SpaceOf(FileSystemState& state, NodeId id) {
  const NodePtr node = TRY(state.nodes->Find(id));
  std::vector<MountedAccount*> accounts{node->account};
  if (node->account == nullptr) accounts = state.OpenAccounts();
  FileSystemSpace space;
  for (MountedAccount* account : accounts) {
    const SpaceInfo info = TRY(account->store().Space());
    space.total_blocks += info.total_bytes / space.block_bytes;
    space.available_blocks += info.available_bytes / space.block_bytes;
    space.files += info.blob_count;
  }
  return space;
}

}  // namespace replicafs
