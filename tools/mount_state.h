// The mounts of a root: "<root>/mounts/<name>.json", written by the process that serves the mount
// and removed when it ends; after a crash the pid tells that it is stale.
//
//   {"pid": 4711, "mountpoint": "/mnt/blobs", "scope": "westus/photos/2026/"}
#pragma once

#include <string>
#include <vector>

#include "backend/base/result.h"

namespace replicafs {

struct MountState {
  int pid = 0;
  std::string mountpoint;  // absolute, without symbolic links
  std::string scope;       // "", "account", "account/container", "account/container/prefix/"
};

// "<root>/mounts/<name>": what belongs to one mountpoint has this name and an ending of its own.
std::string MountFileStem(const std::string& root, const std::string& mountpoint);

// Replaces the state of the same mountpoint.
Status WriteMountState(const std::string& root, const MountState& state);
Status RemoveMountState(const std::string& root, const std::string& mountpoint);
// Those whose process lives.
Result<std::vector<MountState>> ListMountStates(const std::string& root);

}  // namespace replicafs
