#include <linux/fs.h>

#include <cerrno>
#include <optional>
#include <span>

#include "fs/fuse/operations.h"
#include "fs/fuse/reply.h"

namespace replicafs {
namespace {

void Lookup(fuse_req_t request, fuse_ino_t parent, const char* name) noexcept {
  Result<Entry> entry = FileSystemOf(request).Lookup(NodeId{parent}, name);
  if (!entry && entry.error().code == ErrorCode::kNotFound) {
    // Node zero: the kernel remembers the absence.
    fuse_entry_param absent{};
    const bool is_fleeting = FileSystemOf(request).AbsencesAreFleeting(NodeId{parent});
    absent.entry_timeout = is_fleeting ? 0.0 : kKernelBeliefSeconds;
    fuse_reply_entry(request, &absent);
    return;
  }
  ReplyEntry(request, {"lookup", parent, name}, entry);
}

void Forget(fuse_req_t request, fuse_ino_t node, uint64_t lookups) noexcept {
  FileSystemOf(request).Forget(NodeId{node}, lookups);
  fuse_reply_none(request);
}

void ForgetMulti(fuse_req_t request, size_t count, fuse_forget_data* forgets) noexcept {
  FileSystem& file_system = FileSystemOf(request);
  for (const fuse_forget_data& forget : std::span(forgets, count)) {
    file_system.Forget(NodeId{forget.ino}, forget.nlookup);
  }
  fuse_reply_none(request);
}

void MakeDirectory(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t mode) noexcept {
  ReplyEntry(request, {"mkdir", parent, name},
             FileSystemOf(request).MakeDirectory(NodeId{parent}, name, mode, CallerOf(request)));
}

void MakeNode(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t mode,
              dev_t device) noexcept {
  ReplyEntry(request, {"mknod", parent, name},
             FileSystemOf(request).MakeNode(NodeId{parent}, name, mode, device, CallerOf(request)));
}

void MakeSymlink(fuse_req_t request, const char* target, fuse_ino_t parent,
                 const char* name) noexcept {
  ReplyEntry(request, {"symlink", parent, name},
             FileSystemOf(request).MakeSymlink(NodeId{parent}, name, target, CallerOf(request)));
}

// A blob has one name.
void Link(fuse_req_t request, fuse_ino_t, fuse_ino_t, const char*) noexcept {
  fuse_reply_err(request, EPERM);
}

void Unlink(fuse_req_t request, fuse_ino_t parent, const char* name) noexcept {
  ReplyStatus(request, {"unlink", parent, name},
              FileSystemOf(request).Unlink(NodeId{parent}, name));
}

void RemoveDirectory(fuse_req_t request, fuse_ino_t parent, const char* name) noexcept {
  ReplyStatus(request, {"rmdir", parent, name},
              FileSystemOf(request).RemoveDirectory(NodeId{parent}, name));
}

std::optional<RenameMode> RenameModeOf(unsigned int flags) {
  switch (flags) {
    case 0: return RenameMode::kReplace;
    case RENAME_NOREPLACE: return RenameMode::kNoReplace;
    case RENAME_EXCHANGE: return RenameMode::kExchange;
    default: return std::nullopt;
  }
}

void Rename(fuse_req_t request, fuse_ino_t parent, const char* name, fuse_ino_t new_parent,
            const char* new_name, unsigned int flags) noexcept {
  const std::optional<RenameMode> mode = RenameModeOf(flags);
  if (!mode) {
    fuse_reply_err(request, EINVAL);
    return;
  }
  ReplyStatus(
      request, {"rename", parent, name},
      FileSystemOf(request).Rename(NodeId{parent}, name, NodeId{new_parent}, new_name, *mode));
}

}  // namespace

void AddNameOperations(fuse_lowlevel_ops& table) {
  table.lookup = Lookup;
  table.forget = Forget;
  table.forget_multi = ForgetMulti;
  table.mkdir = MakeDirectory;
  table.mknod = MakeNode;
  table.symlink = MakeSymlink;
  table.link = Link;
  table.unlink = Unlink;
  table.rmdir = RemoveDirectory;
  table.rename = Rename;
}

}  // namespace replicafs
