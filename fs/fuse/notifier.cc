#include "fs/fuse/notifier.h"

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "backend/base/log.h"

namespace replicafs {
namespace {

// ENOENT: the kernel did not remember it. ENODEV, ENOTCONN: it is being unmounted.
void Report(const char* what, NodeId node, int result) {
  if (result == 0 || result == -ENOENT || result == -ENODEV || result == -ENOTCONN) return;
  Log(LogLevel::kWarning, "{} node {}: {}", what, node.value,
      ErrnoError("notify the kernel", -result).message);
}

// FUSE_NOTIFY_PRUNE of the kernel's protocol 7.45, which libfuse 3.14 does not have yet
// (include/uapi/linux/fuse.h).
constexpr int32_t kNotifyPrune = 9;
constexpr size_t kPrunedMax = 1024;  // nodes in a message

struct PruneHeader {
  uint32_t length = 0;
  int32_t code = kNotifyPrune;
  uint64_t unique = 0;  // zero: a notification
  uint32_t count = 0;
  uint32_t padding = 0;
  uint64_t spare = 0;
};
static_assert(sizeof(PruneHeader) == 32);

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

// Where the kernel cannot be asked to let go what it does not use, entries are taken from it. It
// notices no difference for files; who works in a directory would lose it.
void FuseNotifier::Forget(std::span<const RememberedEntry> entries) {
  while (!entries.empty() && can_prune_) {
    const auto some = entries.first(std::min(entries.size(), kPrunedMax));
    if (!Prune(some)) break;
    entries = entries.subspan(some.size());
  }
  for (const RememberedEntry& entry : entries) {
    if (entry.is_directory) continue;
    Report("forget an entry of", entry.parent,
           fuse_lowlevel_notify_inval_entry(&session_, entry.parent.value, entry.name.c_str(),
                                            entry.name.size()));
  }
}

bool FuseNotifier::Prune(std::span<const RememberedEntry> entries) {
  std::vector<uint64_t> nodes;
  for (const RememberedEntry& entry : entries) nodes.push_back(entry.node.value);
  PruneHeader header{.count = static_cast<uint32_t>(nodes.size())};
  const size_t bytes = nodes.size() * sizeof nodes.front();
  header.length = static_cast<uint32_t>(sizeof header + bytes);
  const std::array<iovec, 2> parts = {{{&header, sizeof header}, {nodes.data(), bytes}}};
  if (::writev(fuse_session_fd(&session_), parts.data(), parts.size()) >= 0) return true;
  if (errno == EINVAL) {
    can_prune_ = false;
    return false;
  }
  Report("prune after", entries.front().node, -errno);
  return true;
}

}  // namespace replicafs
