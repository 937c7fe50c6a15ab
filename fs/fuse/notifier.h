// Pushes what others changed to the kernel.
#pragma once

#include "fs/core/file_system.h"
#include "fs/fuse/libfuse.h"

namespace replicafs {

// Called only from the file system's watcher, never from a request: the kernel may hold the very
// locks that an invalidation waits for until the request is answered. The session outlives it.
class FuseNotifier final : public KernelNotifier {
 public:
  explicit FuseNotifier(fuse_session& session) : session_(session) {}

  void InvalidateNode(NodeId node) override;
  void InvalidateEntry(NodeId parent, std::string_view name) override;

 private:
  fuse_session& session_;
};

}  // namespace replicafs
