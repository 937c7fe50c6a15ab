#include "fs/fuse/notifier.h"

#include <cerrno>
#include <string>

#include "backend/base/log.h"

namespace replicafs {
namespace {

// ENOENT: the kernel did not remember it. ENODEV, ENOTCONN: it is being unmounted.
void Report(const char* what, NodeId node, int result) {
  if (result == 0 || result == -ENOENT || result == -ENODEV || result == -ENOTCONN) return;
  Log(LogLevel::kWarning, "{} node {}: {}", what, node.value,
      ErrnoError("notify the kernel", -result).message);
}

}  // namespace

void FuseNotifier::InvalidateNode(NodeId node) {
  Report("invalidate", node, fuse_lowlevel_notify_inval_inode(&session_, node.value, 0, 0));
}

void FuseNotifier::InvalidateEntry(NodeId parent, std::string_view name) {
  // Expired, an entry is asked for again at its next use; invalidated, it is lost at once to who
  // works in it or has mounted something on it. Linux before 6.2 knows only the latter.
  const std::string text(name);
  int result = fuse_lowlevel_notify_expire_entry(&session_, parent.value, text.c_str(), text.size(),
                                                 FUSE_LL_EXPIRE_ONLY);
  if (result == -ENOSYS)
    result = fuse_lowlevel_notify_inval_entry(&session_, parent.value, text.c_str(), text.size());
  Report("invalidate an entry of", parent, result);
}

}  // namespace replicafs
