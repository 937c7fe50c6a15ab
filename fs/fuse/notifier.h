// Pushes what others changed to the kernel.
#pragma once

#include <atomic>
#include <span>

#include "fs/core/file_system.h"
#include "fs/fuse/libfuse.h"

namespace replicafs {

// Called only from the file system's own threads, never from a request: the kernel may hold the
// very locks that an invalidation waits for until the request is answered. The session outlives it.
class FuseNotifier final : public KernelNotifier {
 public:
  explicit FuseNotifier(fuse_session& session) : session_(session) {}

  void InvalidateNode(NodeId node) override;
  void InvalidateEntry(NodeId parent, std::string_view name) override;
  void Forget(std::span<const RememberedEntry> entries) override;

 private:
  // Linux 6.18 and later: entries and nodes that nothing uses go. False when it does not know how.
  bool Prune(std::span<const RememberedEntry> entries);

  std::atomic<bool> can_prune_ = true;
  fuse_session& session_;
};

}  // namespace replicafs
