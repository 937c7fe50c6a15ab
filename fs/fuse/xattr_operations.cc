#include <sys/xattr.h>

#include <cerrno>
#include <string>

#include "fs/fuse/operations.h"
#include "fs/fuse/reply.h"

namespace replicafs {
namespace {

// A program asks with size zero how long the answer is.
void ReplySized(fuse_req_t request, const std::string& answer, size_t size) {
  if (size == 0) {
    fuse_reply_xattr(request, answer.size());
  } else if (answer.size() > size) {
    fuse_reply_err(request, ERANGE);
  } else {
    fuse_reply_buf(request, answer.data(), answer.size());
  }
}

void Get(fuse_req_t request, fuse_ino_t node, const char* name, size_t size) noexcept {
  const Result<std::string> value = FileSystemOf(request).GetXattr(NodeId{node}, name);
  if (!value) return ReplyError(request, {"getxattr", node, name}, value.error());
  ReplySized(request, *value, size);
}

void List(fuse_req_t request, fuse_ino_t node, size_t size) noexcept {
  const Result<std::vector<std::string>> names = FileSystemOf(request).ListXattrs(NodeId{node});
  if (!names) return ReplyError(request, {"listxattr", node}, names.error());
  std::string answer;
  for (const std::string& name : *names) {
    answer += name;
    answer += '\0';
  }
  ReplySized(request, answer, size);
}

void Set(fuse_req_t request, fuse_ino_t node, const char* name, const char* value, size_t size,
         int flags) noexcept {
  const auto mode = (flags & XATTR_CREATE) != 0    ? XattrMode::kCreate
                    : (flags & XATTR_REPLACE) != 0 ? XattrMode::kReplace
                                                   : XattrMode::kSet;
  const Status set = FileSystemOf(request).SetXattr(NodeId{node}, name, {value, size}, mode);
  const Operation operation{"setxattr", node, name};
  if (!set) return ReplyError(request, operation, set.error(), XattrErrnoFor(set.error().code));
  fuse_reply_err(request, 0);
}

void Remove(fuse_req_t request, fuse_ino_t node, const char* name) noexcept {
  ReplyStatus(request, {"removexattr", node, name},
              FileSystemOf(request).RemoveXattr(NodeId{node}, name));
}

}  // namespace

void AddXattrOperations(fuse_lowlevel_ops& table) {
  table.getxattr = Get;
  table.listxattr = List;
  table.setxattr = Set;
  table.removexattr = Remove;
}

}  // namespace replicafs
