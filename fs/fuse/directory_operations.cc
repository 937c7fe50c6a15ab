#include <cerrno>
#include <vector>

#include "fs/fuse/operations.h"
#include "fs/fuse/reply.h"

namespace replicafs {
namespace {

bool IsDots(const std::string& name) {
  return name == "." || name == "..";
}

// One page of entries in the kernel's format. Memory is kept by its thread.
class Page {
 public:
  Page(fuse_req_t request, size_t size) : request_(request), size_(size) {
    if (Buffer().size() < size) Buffer().resize(size);
    Counted().clear();
  }

  bool Add(const DirectoryEntry& entry) {
    struct stat attributes {};
    attributes.st_ino = entry.entry.attributes.inode;
    attributes.st_mode = entry.entry.attributes.mode;
    return Take(fuse_add_direntry(request_, Tail(), size_ - used_, entry.name.c_str(), &attributes,
                                  static_cast<off_t>(entry.cookie)));
  }

  // The kernel does not count lookups of the dots, and must not be given their nodes.
  bool AddWithAttributes(const DirectoryEntry& entry) {
    fuse_entry_param param = ToEntryParam(entry.entry);
    if (IsDots(entry.name)) param.ino = 0;
    if (!Take(fuse_add_direntry_plus(request_, Tail(), size_ - used_, entry.name.c_str(), &param,
                                     static_cast<off_t>(entry.cookie)))) {
      return false;
    }
    if (param.ino != 0) Counted().push_back(entry.entry.node);
    return true;
  }

  void Reply(const Operation& operation, const Status& status) {
    // What was read before an error is shown; the next page will meet the error again.
    if (!status && used_ == 0) return ReplyError(request_, operation, status.error());
    FileSystem& file_system = FileSystemOf(request_);
    if (fuse_reply_buf(request_, Buffer().data(), used_) != -ENOENT) return;
    for (const NodeId node : Counted()) file_system.Forget(node, 1);
  }

 private:
  static std::vector<char>& Buffer() {
    thread_local std::vector<char> buffer;
    return buffer;
  }
  static std::vector<NodeId>& Counted() {
    thread_local std::vector<NodeId> counted;
    return counted;
  }

  char* Tail() { return Buffer().data() + used_; }

  bool Take(size_t needed) {
    if (needed > size_ - used_) return false;
    used_ += needed;
    return true;
  }

  fuse_req_t request_;
  size_t size_;
  size_t used_ = 0;
};

void OpenDirectory(fuse_req_t request, fuse_ino_t node, fuse_file_info* info) noexcept {
  FileSystem& file_system = FileSystemOf(request);
  const Result<HandleId> opened = file_system.OpenDirectory(NodeId{node});
  if (!opened) return ReplyError(request, {"opendir", node}, opened.error());
  info->fh = opened->value;
  if (fuse_reply_open(request, info) == -ENOENT) file_system.ReleaseDirectory(*opened);
}

void ReadDirectory(fuse_req_t request, fuse_ino_t node, size_t size, off_t offset,
                   fuse_file_info* info) noexcept {
  Page page(request, size);
  const Status status = FileSystemOf(request).ReadDirectory(
      HandleId{info->fh}, static_cast<uint64_t>(offset), FileSystem::Lookups::kNone,
      [&page](const DirectoryEntry& entry) { return page.Add(entry); });
  page.Reply({"readdir", node}, status);
}

void ReadDirectoryPlus(fuse_req_t request, fuse_ino_t node, size_t size, off_t offset,
                       fuse_file_info* info) noexcept {
  Page page(request, size);
  const Status status = FileSystemOf(request).ReadDirectory(
      HandleId{info->fh}, static_cast<uint64_t>(offset), FileSystem::Lookups::kCount,
      [&page](const DirectoryEntry& entry) { return page.AddWithAttributes(entry); });
  page.Reply({"readdirplus", node}, status);
}

void ReleaseDirectory(fuse_req_t request, fuse_ino_t, fuse_file_info* info) noexcept {
  FileSystemOf(request).ReleaseDirectory(HandleId{info->fh});
  fuse_reply_err(request, 0);
}

// Names are durable when the operation that made them has returned.
void SyncDirectory(fuse_req_t request, fuse_ino_t, int, fuse_file_info*) noexcept {
  FileSystemOf(request).Settle();
  fuse_reply_err(request, 0);
}

}  // namespace

void AddDirectoryOperations(fuse_lowlevel_ops& table) {
  table.opendir = OpenDirectory;
  table.readdir = ReadDirectory;
  table.readdirplus = ReadDirectoryPlus;
  table.releasedir = ReleaseDirectory;
  table.fsyncdir = SyncDirectory;
}

}  // namespace replicafs
