#include "backend/base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace replicafs {
namespace {

// False when somebody else has it.
Result<bool> TryLock(const UniqueFd& file, int operation, const std::string& path) {
  for (;;) {
    if (flock(file.get(), operation | LOCK_NB) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) return ErrnoError("lock '" + path + "'", errno);
  }
}

}  // namespace

Result<std::optional<FileLock>> FileLock::TryAcquire(const std::string& path) {
  UniqueFd file = TRY(OpenFile(path, O_RDWR | O_CREAT));
  const bool locked = TRY(TryLock(file, LOCK_EX, path));
  if (!locked) return std::optional<FileLock>();
  return std::optional<FileLock>(FileLock(std::move(file)));
}

Result<bool> FileLock::IsHeld(const std::string& path) {
  const auto file = OpenFile(path, O_RDONLY);
  if (!file) {
    if (file.error().code == ErrorCode::kNotFound) return false;
    return file.error();
  }
  const bool locked = TRY(TryLock(*file, LOCK_SH, path));
  return !locked;
}

}  // namespace replicafs
