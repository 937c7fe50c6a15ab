#include "fs/fuse/reply.h"

#include <cerrno>

#include "backend/base/log.h"

namespace replicafs {
namespace {

constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;

timespec ToTimespec(int64_t nanoseconds) {
  int64_t seconds = nanoseconds / kNanosecondsPerSecond;
  int64_t rest = nanoseconds % kNanosecondsPerSecond;
  if (rest < 0) {
    rest += kNanosecondsPerSecond;
    --seconds;
  }
  return {.tv_sec = seconds, .tv_nsec = rest};
}

double BeliefSeconds(const Attributes& attributes) {
  return attributes.is_moving ? 0.0 : kKernelBeliefSeconds;
}

}  // namespace

FileSystem& FileSystemOf(fuse_req_t request) {
  return *static_cast<FileSystem*>(fuse_req_userdata(request));
}

Caller CallerOf(fuse_req_t request) {
  const fuse_ctx* context = fuse_req_ctx(request);
  return {.uid = context->uid, .gid = context->gid, .pid = context->pid, .umask = context->umask};
}

struct stat ToStat(const Attributes& attributes) {
  struct stat result {};
  result.st_ino = attributes.inode;
  result.st_mode = attributes.mode;
  result.st_nlink = attributes.links;
  result.st_uid = attributes.uid;
  result.st_gid = attributes.gid;
  result.st_rdev = attributes.device;
  result.st_size = static_cast<off_t>(attributes.size_bytes);
  result.st_blksize = 4096;
  result.st_blocks = static_cast<blkcnt_t>((attributes.size_bytes + 511) / 512);
  result.st_atim = ToTimespec(attributes.atime_ns);
  result.st_mtim = ToTimespec(attributes.mtime_ns);
  result.st_ctim = ToTimespec(attributes.ctime_ns);
  return result;
}

fuse_entry_param ToEntryParam(const Entry& entry) {
  fuse_entry_param result{};
  result.ino = entry.node.value;
  result.attr = ToStat(entry.attributes);
  result.attr_timeout = BeliefSeconds(entry.attributes);
  result.entry_timeout = entry.is_fleeting ? 0.0 : kKernelBeliefSeconds;
  return result;
}

void ReplyError(fuse_req_t request, const Operation& operation, const Error& error,
                ErrnoAnswer answer) {
  if (answer.kind == ErrnoAnswer::Kind::kTrouble) {
    Log(LogLevel::kError, "{} node {}{}{}: {}: {}", operation.verb, operation.node,
        operation.name != nullptr ? " name " : "", operation.name != nullptr ? operation.name : "",
        ErrorCodeName(error.code), error.message);
  }
  fuse_reply_err(request, answer.number);
}

void ReplyStatus(fuse_req_t request, const Operation& operation, const Status& status) {
  if (!status) return ReplyError(request, operation, status.error());
  fuse_reply_err(request, 0);
}

void ReplyAttributes(fuse_req_t request, const Operation& operation,
                     const Result<Attributes>& attributes) {
  if (!attributes) return ReplyError(request, operation, attributes.error());
  const struct stat answer = ToStat(*attributes);
  fuse_reply_attr(request, &answer, BeliefSeconds(*attributes));
}

void ReplyEntry(fuse_req_t request, const Operation& operation, const Result<Entry>& entry) {
  if (!entry) return ReplyError(request, operation, entry.error());
  FileSystem& file_system = FileSystemOf(request);
  const fuse_entry_param answer = ToEntryParam(*entry);
  if (fuse_reply_entry(request, &answer) == -ENOENT) file_system.Forget(entry->node, 1);
}

}  // namespace replicafs
