// The calls of a FileSystem by paths, as programs make them.
#pragma once

#include <fcntl.h>

#include <string>
#include <string_view>
#include <vector>

#include "fs/core/file_system.h"

namespace replicafs {

// Paths are below the mount's root, without a leading '/'; the empty one is the root.
class PathCalls {
 public:
  virtual ~PathCalls() = default;
  virtual FileSystem& fs() = 0;

  // Each returns the node with its lookup given back at the end of the mount.
  Result<NodeId> Walk(std::string_view path);
  Result<Attributes> Stat(std::string_view path);
  Result<HandleId> Open(std::string_view path, int flags, mode_t mode = 0644);
  Status Close(HandleId handle);  // flush and release
  Status WriteFile(std::string_view path, std::string_view content);
  Result<std::string> ReadFile(std::string_view path);
  Result<std::string> ReadAll(HandleId handle);
  Status WriteAt(HandleId handle, uint64_t offset, std::string_view bytes);
  Status Mkdir(std::string_view path, mode_t mode = 0755);
  Status Symlink(std::string_view target, std::string_view path);
  Status Unlink(std::string_view path);
  Status Rmdir(std::string_view path);
  Status Rename(std::string_view from, std::string_view to, RenameMode mode = RenameMode::kReplace);
  Status SetAttributes(std::string_view path, const AttributeChange& change);
  Result<std::string> GetXattr(std::string_view path, std::string_view name);
  Status SetXattr(std::string_view path, std::string_view name, std::string_view value,
                  XattrMode mode = XattrMode::kSet);
  Result<std::vector<std::string>> ListXattrs(std::string_view path);
  Status RemoveXattr(std::string_view path, std::string_view name);
  // Without "." and "..", in the order shown; the types are not checked.
  Result<std::vector<std::string>> List(std::string_view path);

 private:
  struct Split {
    NodeId parent;
    std::string name;
  };
  Result<Split> WalkToParent(std::string_view path);
};

// As a process of root would ask.
inline constexpr Caller kRoot{.uid = 0, .gid = 0, .pid = 1, .umask = 022};

}  // namespace replicafs
