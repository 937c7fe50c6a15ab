// Which environments this process has open.
#pragma once

#include <string>

namespace replicafs::lmdb {

// False when it is in the set already. Thread-safe.
bool ClaimPath(const std::string& path);
void ReleasePath(const std::string& path);

}  // namespace replicafs::lmdb
