#include "backend/lmdb/open_paths.h"

#include <unistd.h>

#include <map>

#include "backend/base/mutex.h"

namespace replicafs::lmdb {
namespace {

// By path: the process that claimed it, because a child inherits the set but not the locks.
struct OpenPaths {
  Mutex mutex;
  std::map<std::string, pid_t> owners GUARDED_BY(mutex);
};

OpenPaths& Paths() {
  static OpenPaths* paths = new OpenPaths;
  return *paths;
}

}  // namespace

bool ClaimPath(const std::string& path) {
  OpenPaths& paths = Paths();
  MutexLock lock(paths.mutex);
  const auto [at, inserted] = paths.owners.try_emplace(path, ::getpid());
  if (!inserted && at->second == ::getpid()) return false;
  at->second = ::getpid();
  return true;
}

void ReleasePath(const std::string& path) {
  OpenPaths& paths = Paths();
  MutexLock lock(paths.mutex);
  paths.owners.erase(path);
}

}  // namespace replicafs::lmdb
