#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "backend/replication/link_supervisor.h"

namespace replicafs {
namespace {

std::string LockPath(Account& source, const std::string& policy_id) {
  return source.local_directory() + "/links/" + policy_id + ".lock";
}

// False when somebody else has it.
Result<bool> TryLock(const UniqueFd& file, int operation, const std::string& path) {
  for (;;) {
    if (flock(file.get(), operation | LOCK_NB) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) return ErrnoError("lock '" + path + "'", errno);
  }
}

}  // namespace

Result<std::unique_ptr<LinkOwnership>> LinkOwnership::TryAcquire(Account& source,
                                                                 const std::string& policy_id) {
  TRY(MakeDirectories(source.local_directory() + "/links"));
  const std::string path = LockPath(source, policy_id);
  UniqueFd file = TRY(OpenFile(path, O_RDWR | O_CREAT));
  const bool locked = TRY(TryLock(file, LOCK_EX, path));
  if (!locked) return std::unique_ptr<LinkOwnership>();
  return std::unique_ptr<LinkOwnership>(new LinkOwnership(std::move(file)));
}

Result<bool> LinkOwnership::IsOwned(Account& source, const std::string& policy_id) {
  const std::string path = LockPath(source, policy_id);
  const auto file = OpenFile(path, O_RDONLY);
  if (!file) {
    if (file.error().code == ErrorCode::kNotFound) return false;
    return file.error();
  }
  const bool locked = TRY(TryLock(*file, LOCK_SH, path));
  return !locked;
}

}  // namespace replicafs
