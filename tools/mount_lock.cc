#include "tools/mount_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <thread>

#include "tools/mount_state.h"

namespace replicafs {
namespace {

constexpr std::chrono::milliseconds kPoll{10};

std::string PathOf(const std::string& root, const std::string& mountpoint) {
  return MountFileStem(root, mountpoint) + ".lock";
}

}  // namespace

Result<MountLock> MountLock::Acquire(const std::string& root, const std::string& mountpoint) {
  TRY(MakeDirectories(root + "/mounts"));
  UniqueFd file = TRY(OpenFile(PathOf(root, mountpoint), O_RDWR | O_CREAT));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return ErrnoError("flock", errno);
    return Error{ErrorCode::kBusy, "another process serves '" + mountpoint + "'"};
  }
  return MountLock(std::move(file));
}

Status MountLock::WaitUntilFree(const std::string& root, const std::string& mountpoint,
                                std::chrono::milliseconds timeout) {
  Result<UniqueFd> file = OpenFile(PathOf(root, mountpoint), O_RDWR);
  if (!file) {
    if (file.error().code == ErrorCode::kNotFound) return Ok();
    return std::move(file).error();
  }
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (::flock(file->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return ErrnoError("flock", errno);
    if (std::chrono::steady_clock::now() >= deadline) {
      return Error{ErrorCode::kTimeout,
                   "the process that serves '" + mountpoint + "' is still committing"};
    }
    std::this_thread::sleep_for(kPoll);
  }
  return Ok();
}

}  // namespace replicafs
