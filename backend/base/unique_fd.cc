#include "backend/base/unique_fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace replicafs {
namespace {

std::string ParentOf(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status CheckDirectory(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return ErrnoError("mkdir '" + path + "'", errno);
  return S_ISDIR(status.st_mode) ? Ok() : ErrnoError("mkdir '" + path + "'", ENOTDIR);
}

Status WriteNewFile(const std::string& path, std::string_view content, mode_t mode) {
  const UniqueFd file = TRY(OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC, mode));
  TRY(WriteFullAt(file.get(), std::as_bytes(std::span(content.data(), content.size())), 0));
  return SyncData(file.get(), path);
}

}  // namespace

void UniqueFd::Reset(int fd) {
  // close() errors are of no use here: whoever needs durability has synced before.
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Result<UniqueFd> OpenFile(const std::string& path, int flags, mode_t mode) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return ErrnoError("open '" + path + "'", errno);
  return UniqueFd(fd);
}

Result<size_t> ReadFullAt(int fd, std::span<std::byte> into, uint64_t offset) {
  size_t done = 0;
  while (done < into.size()) {
    const ssize_t n =
        ::pread(fd, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoError("read", errno);
    if (n == 0) break;
    done += static_cast<size_t>(n);
  }
  return done;
}

Status WriteFullAt(int fd, std::span<const std::byte> bytes, uint64_t offset) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n =
        ::pwrite(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoError("write", errno);
    done += static_cast<size_t>(n);
  }
  return Ok();
}

Status SyncData(int fd, const std::string& path) {
  if (::fdatasync(fd) != 0) return ErrnoError("sync '" + path + "'", errno);
  return Ok();
}

Status SyncDirectory(const std::string& path) {
  const UniqueFd directory = TRY(OpenFile(path, O_RDONLY | O_DIRECTORY));
  if (::fsync(directory.get()) != 0) return ErrnoError("sync '" + path + "'", errno);
  return Ok();
}

Status MakeDirectories(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) == 0) return SyncDirectory(ParentOf(path));
  if (errno == EEXIST) return CheckDirectory(path);
  if (errno != ENOENT) return ErrnoError("mkdir '" + path + "'", errno);
  TRY(MakeDirectories(ParentOf(path), mode));
  if (::mkdir(path.c_str(), mode) == 0) return SyncDirectory(ParentOf(path));
  return errno == EEXIST ? CheckDirectory(path) : ErrnoError("mkdir '" + path + "'", errno);
}

Result<std::string> ReadWholeFile(const std::string& path) {
  const UniqueFd file = TRY(OpenFile(path, O_RDONLY));
  std::string content;
  constexpr size_t kStepBytes = 64 << 10;
  for (;;) {
    const size_t before = content.size();
    content.resize(before + kStepBytes);
    const std::span<std::byte> room =
        std::as_writable_bytes(std::span(content.data() + before, kStepBytes));
    auto read = ReadFullAt(file.get(), room, before);
    if (!read) return std::move(read).error().Within("'" + path + "'");
    content.resize(before + *read);
    if (*read < kStepBytes) return content;
  }
}

Status WriteFileAtomically(const std::string& path, std::string_view content, mode_t mode) {
  static std::atomic<uint64_t> last_number = 0;
  const std::string temporary =
      path + ".new." + std::to_string(::getpid()) + "." + std::to_string(++last_number);
  Status written = WriteNewFile(temporary, content, mode);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0)
    written = ErrnoError("rename '" + temporary + "'", errno);
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return SyncDirectory(ParentOf(path));
}

}  // namespace replicafs
