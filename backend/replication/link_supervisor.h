// Runs the links of the accounts that a process has mounted: notices policies that come and go,
// and owns each link that no other process owns.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backend/base/clock.h"
#include "backend/base/file_lock.h"
#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/link.h"

namespace replicafs {

// The right to run a link: a lock on "<source's local directory>/links/<policy id>.lock".
class LinkOwnership {
 public:
  // nullptr when another process (or another LinkOwnership here) has it.
  static Result<std::unique_ptr<LinkOwnership>> TryAcquire(Account& source,
                                                           const std::string& policy_id);
  // Whether anybody has it now.
  static Result<bool> IsOwned(Account& source, const std::string& policy_id);

 private:
  explicit LinkOwnership(FileLock lock) : lock_(std::move(lock)) {}
  FileLock lock_;
};

// Runs every link whose source or destination is one of `account_names` (none: all accounts, also
// those that are created later), each on a thread of its own, until destroyed. Another owner's
// crash is noticed within a second.
class LinkSupervisor {
 public:
  LinkSupervisor(AccountSource& accounts, std::vector<std::string> account_names,
                 const Clock& clock, LinkOptions options = {});
  ~LinkSupervisor();  // stops and joins; work in flight is dropped, nothing acknowledged is lost

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace replicafs
