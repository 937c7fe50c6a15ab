#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <vector>

#include "backend/base/unique_fd.h"
#include "fs/fuse/operations.h"
#include "fs/fuse/reply.h"

namespace replicafs {
namespace {

constexpr size_t kSpliceMinBytes = 64 << 10;
// For the kernel's largest read (1 MiB) and what libfuse adds to it.
constexpr int kLargestPipeBytes = 2 << 20;

HandleId HandleOf(const fuse_file_info* info) {
  return HandleId{info->fh};
}

void Fill(fuse_file_info* info, const OpenedFile& opened, int flags) {
  info->fh = opened.handle.value;
  info->keep_cache = opened.cache == OpenedFile::Cache::kKeep ? 1 : 0;
  info->direct_io = opened.cache == OpenedFile::Cache::kBypass ? 1 : 0;
  // A reader has nothing to flush: its close(2) need not wait for us.
  info->noflush = (flags & O_ACCMODE) == O_RDONLY ? 1 : 0;
}

void Create(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t mode,
            fuse_file_info* info) noexcept {
  FileSystem& file_system = FileSystemOf(request);
  const Result<CreatedFile> created =
      file_system.Create(NodeId{parent}, name, mode, info->flags, CallerOf(request));
  if (!created) return ReplyError(request, {"create", parent, name}, created.error());
  Fill(info, created->file, info->flags);
  info->noflush = 0;  // its close commits the new file, however it was opened
  const fuse_entry_param answer = ToEntryParam(created->entry);
  if (fuse_reply_create(request, &answer, info) == -ENOENT) {
    file_system.Release(created->file.handle);
    file_system.Forget(created->entry.node, 1);
  }
}

void Open(fuse_req_t request, fuse_ino_t node, fuse_file_info* info) noexcept {
  FileSystem& file_system = FileSystemOf(request);
  const Result<OpenedFile> opened = file_system.OpenNode(NodeId{node}, info->flags);
  if (!opened) return ReplyError(request, {"open", node}, opened.error());
  Fill(info, *opened, info->flags);
  if (fuse_reply_open(request, info) == -ENOENT) file_system.Release(opened->handle);
}

// Grows to the largest read that the kernel sends (1 MiB) and is kept by its thread.
std::span<std::byte> ReadBuffer(size_t size) {
  thread_local std::vector<std::byte> buffer;
  if (buffer.size() < size) buffer.resize(size);
  return std::span(buffer).first(size);
}

// libfuse hands parts on by a pipe, and what does not fit into it by memory that it allocates each
// time. Only root may exceed /proc/sys/fs/pipe-max-size, which a largest read does.
bool MaySplice() {
  static const bool may = [] {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    const UniqueFd from(ends[0]);
    const UniqueFd to(ends[1]);
    return ::fcntl(to.get(), F_SETPIPE_SZ, kLargestPipeBytes) >= kLargestPipeBytes;
  }();
  return may;
}

void ReplyParts(fuse_req_t request, const FileParts& found) {
  // A fuse_bufvec ends in an array of one.
  struct Buffers {
    fuse_bufvec first;
    fuse_buf others[FileParts::kMax - 1];
  } buffers{};
  static_assert(offsetof(Buffers, others) == sizeof(fuse_bufvec));
  fuse_buf* const parts = buffers.first.buf;
  buffers.first.count = found.count;
  for (size_t i = 0; i < found.count; ++i) {
    const FilePart& part = found.parts[i];
    parts[i].size = part.size;
    parts[i].flags = static_cast<fuse_buf_flags>(FUSE_BUF_IS_FD | FUSE_BUF_FD_SEEK);
    parts[i].fd = part.file->get();
    parts[i].pos = static_cast<off_t>(part.offset);
  }
  fuse_reply_data(request, &buffers.first, static_cast<fuse_buf_copy_flags>(0));
}

void Read(fuse_req_t request, fuse_ino_t node, size_t size, off_t offset,
          fuse_file_info* info) noexcept {
  // Less goes faster through memory.
  if (size >= kSpliceMinBytes && MaySplice()) {
    const auto parts =
        FileSystemOf(request).ReadParts(HandleOf(info), static_cast<uint64_t>(offset), size);
    if (!parts) return ReplyError(request, {"read", node}, parts.error());
    if (*parts && (*parts)->count > 0) return ReplyParts(request, **parts);
  }
  const std::span<std::byte> buffer = ReadBuffer(size);
  const Result<size_t> read =
      FileSystemOf(request).Read(HandleOf(info), static_cast<uint64_t>(offset), buffer);
  if (!read) return ReplyError(request, {"read", node}, read.error());
  fuse_reply_buf(request, reinterpret_cast<const char*>(buffer.data()), *read);
}

void Write(fuse_req_t request, fuse_ino_t node, const char* bytes, size_t size, off_t offset,
           fuse_file_info* info) noexcept {
  const WriteSource source = info->writepage != 0 ? WriteSource::kMappedPages : WriteSource::kCall;
  const Result<size_t> written =
      FileSystemOf(request).Write(HandleOf(info), static_cast<uint64_t>(offset),
                                  AsBytes(std::string_view(bytes, size)), source);
  if (!written) return ReplyError(request, {"write", node}, written.error());
  fuse_reply_write(request, *written);
}

void Allocate(fuse_req_t request, fuse_ino_t node, int mode, off_t offset, off_t length,
              fuse_file_info* info) noexcept {
  constexpr int kZeros = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE;
  if ((mode & ~(kZeros | FALLOC_FL_KEEP_SIZE)) != 0) {
    fuse_reply_err(request, EOPNOTSUPP);
    return;
  }
  const RangeChange change{.offset = static_cast<uint64_t>(offset),
                           .length = static_cast<uint64_t>(length),
                           .zeros = (mode & kZeros) != 0,
                           .keeps_size = (mode & FALLOC_FL_KEEP_SIZE) != 0};
  ReplyStatus(request, {"fallocate", node}, FileSystemOf(request).Allocate(HandleOf(info), change));
}

void Seek(fuse_req_t request, fuse_ino_t node, off_t offset, int whence,
          fuse_file_info* info) noexcept {
  if (whence != SEEK_DATA && whence != SEEK_HOLE) {
    fuse_reply_err(request, EINVAL);
    return;
  }
  const Extent what = whence == SEEK_DATA ? Extent::kData : Extent::kHole;
  const auto found =
      FileSystemOf(request).Find(HandleOf(info), what, static_cast<uint64_t>(offset));
  if (!found) return ReplyError(request, {"lseek", node}, found.error());
  if (*found) {
    fuse_reply_lseek(request, static_cast<off_t>(**found));
  } else {
    fuse_reply_err(request, ENXIO);
  }
}

void CopyFileRange(fuse_req_t request, fuse_ino_t node, off_t offset, fuse_file_info* info,
                   fuse_ino_t, off_t to_offset, fuse_file_info* to_info, size_t length,
                   int) noexcept {
  const Result<size_t> copied =
      FileSystemOf(request).Copy({.handle = HandleOf(info),
                                  .offset = static_cast<uint64_t>(offset),
                                  .to_handle = HandleOf(to_info),
                                  .to_offset = static_cast<uint64_t>(to_offset),
                                  .length = length});
  if (!copied) return ReplyError(request, {"copy_file_range", node}, copied.error());
  fuse_reply_write(request, *copied);
}

void Flush(fuse_req_t request, fuse_ino_t node, fuse_file_info* info) noexcept {
  ReplyStatus(request, {"flush", node}, FileSystemOf(request).Flush(HandleOf(info)));
}

void Sync(fuse_req_t request, fuse_ino_t node, int, fuse_file_info* info) noexcept {
  ReplyStatus(request, {"fsync", node}, FileSystemOf(request).Sync(HandleOf(info)));
}

void Release(fuse_req_t request, fuse_ino_t, fuse_file_info* info) noexcept {
  FileSystemOf(request).Release(HandleOf(info));
  fuse_reply_err(request, 0);
}

}  // namespace

void AddFileOperations(fuse_lowlevel_ops& table) {
  table.create = Create;
  table.open = Open;
  table.read = Read;
  table.write = Write;
  table.fallocate = Allocate;
  table.lseek = Seek;
  table.copy_file_range = CopyFileRange;
  table.flush = Flush;
  table.fsync = Sync;
  table.release = Release;
}

}  // namespace replicafs
