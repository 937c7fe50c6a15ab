#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

#include "backend/base/clock.h"
#include "fs/fuse/operations.h"
#include "fs/fuse/reply.h"

namespace replicafs {
namespace {

int64_t ToNanoseconds(const timespec& time) {
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

AttributeChange ToChange(const struct stat& wanted, int which) {
  AttributeChange change;
  const int64_t now_ns = SystemClock().Now().nanoseconds();
  if ((which & FUSE_SET_ATTR_MODE) != 0) change.mode = wanted.st_mode & 07777U;
  if ((which & FUSE_SET_ATTR_UID) != 0) change.uid = wanted.st_uid;
  if ((which & FUSE_SET_ATTR_GID) != 0) change.gid = wanted.st_gid;
  if ((which & FUSE_SET_ATTR_SIZE) != 0) change.size_bytes = static_cast<uint64_t>(wanted.st_size);
  if ((which & FUSE_SET_ATTR_ATIME) != 0) change.atime_ns = ToNanoseconds(wanted.st_atim);
  if ((which & FUSE_SET_ATTR_MTIME) != 0) change.mtime_ns = ToNanoseconds(wanted.st_mtim);
  if ((which & FUSE_SET_ATTR_ATIME_NOW) != 0) change.atime_ns = now_ns;
  if ((which & FUSE_SET_ATTR_MTIME_NOW) != 0) change.mtime_ns = now_ns;
  return change;
}

void GetAttributes(fuse_req_t request, fuse_ino_t node, fuse_file_info*) noexcept {
  ReplyAttributes(request, {"getattr", node}, FileSystemOf(request).GetAttributes(NodeId{node}));
}

void SetAttributes(fuse_req_t request, fuse_ino_t node, struct stat* wanted, int which,
                   fuse_file_info*) noexcept {
  ReplyAttributes(request, {"setattr", node},
                  FileSystemOf(request).SetAttributes(NodeId{node}, ToChange(*wanted, which)));
}

void ReadSymlink(fuse_req_t request, fuse_ino_t node) noexcept {
  const Result<std::string> target = FileSystemOf(request).ReadSymlink(NodeId{node});
  if (!target) return ReplyError(request, {"readlink", node}, target.error());
  fuse_reply_readlink(request, target->c_str());
}

// Asked where the kernel does not decide itself: of a mount that root has to itself. Root may do
// everything but execute what nobody may (access(2)).
void Access(fuse_req_t request, fuse_ino_t node, int wanted) noexcept {
  if ((wanted & X_OK) == 0) {
    fuse_reply_err(request, 0);
    return;
  }
  const auto attributes = FileSystemOf(request).GetAttributes(NodeId{node});
  if (!attributes) return ReplyError(request, {"access", node}, attributes.error());
  const mode_t mode = attributes->mode;
  const bool refused = S_ISREG(mode) && (mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0;
  fuse_reply_err(request, refused ? EACCES : 0);
}

void Space(fuse_req_t request, fuse_ino_t node) noexcept {
  const Result<FileSystemSpace> space = FileSystemOf(request).Space(NodeId{node});
  if (!space) return ReplyError(request, {"statfs", node}, space.error());
  struct statvfs answer {};
  answer.f_bsize = space->block_bytes;
  answer.f_frsize = space->block_bytes;
  answer.f_blocks = space->total_blocks;
  answer.f_bfree = space->available_blocks;
  answer.f_bavail = space->available_blocks;
  answer.f_files = space->files;
  answer.f_namemax = space->name_max_bytes;
  fuse_reply_statfs(request, &answer);
}

}  // namespace

void AddAttributeOperations(fuse_lowlevel_ops& table) {
  table.getattr = GetAttributes;
  table.setattr = SetAttributes;
  table.readlink = ReadSymlink;
  table.access = Access;
  table.statfs = Space;
}

}  // namespace replicafs
