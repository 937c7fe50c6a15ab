#include "backend/replication/link_supervisor.h"

namespace replicafs {
namespace {

std::string LockPath(Account& source, const std::string& policy_id) {
  return source.local_directory() + "/links/" + policy_id + ".lock";
}

}  // namespace

Result<std::unique_ptr<LinkOwnership>> LinkOwnership::TryAcquire(Account& source,
                                                                 const std::string& policy_id) {
  TRY(MakeDirectories(source.local_directory() + "/links"));
  auto lock = TRY(FileLock::TryAcquire(LockPath(source, policy_id)));
  if (!lock) return std::unique_ptr<LinkOwnership>();
  return std::unique_ptr<LinkOwnership>(new LinkOwnership(*std::move(lock)));
}

Result<bool> LinkOwnership::IsOwned(Account& source, const std::string& policy_id) {
  return FileLock::IsHeld(LockPath(source, policy_id));
}

}  // namespace replicafs
