// Processes that keep a mount busy.
#pragma once

#include <string>
#include <vector>

namespace replicafs {

struct MountUser {
  int pid = 0;
  std::string command;
};

// Those with a working directory, a root, a program, an open file or a mapping below the
// directory, as far as this user may look. Does not touch the mount.
std::vector<MountUser> FindMountUsers(const std::string& directory);

// "bash (4711), vim (4712)"; at most five.
std::string ToString(const std::vector<MountUser>& users);

}  // namespace replicafs
