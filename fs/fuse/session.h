// A FUSE mount of a FileSystem.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "backend/base/result.h"
#include "fs/core/file_system.h"

namespace replicafs {

struct SessionOptions {
  std::string mountpoint;
  std::string source;                                                // what /proc/mounts shows
  enum class Access { kOwner, kEverybody } access = Access::kOwner;  // allow_other
  enum class Permissions {
    kKernel,
    kNone
  } permissions = Permissions::kKernel;  // default_permissions
  enum class Writing { kAllowed, kRefused } writing = Writing::kAllowed;
  unsigned threads = 8;
};

class Session {
 public:
  // Mounts. Errors name the mountpoint and the remedy: it does not exist, is no directory, is a
  // mount already (also a dead one of ours), /dev/fuse is missing or not permitted.
  static Result<std::unique_ptr<Session>> Mount(FileSystem& file_system, SessionOptions options);
  ~Session();  // unmounts

  // Serves the kernel until the file system is unmounted or SIGTERM, SIGINT or SIGHUP arrives.
  // `ready` is called once the kernel has accepted the mount.
  Status Serve(const std::function<void()>& ready);

 private:
  class State;
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace replicafs
