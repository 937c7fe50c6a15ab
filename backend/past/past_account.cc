#include "backend/past/past_account.h"

#include "backend/past/moment.h"

namespace replicafs {

Result<std::shared_ptr<Account>> PastAccounts::OpenAccount(std::string_view name) {
  {
    MutexLock lock(mutex_);
    const auto found = open_.find(name);
    if (found != open_.end()) {
      if (auto account = found->second.lock()) return account;
    }
  }
  auto present = TRY(present_.OpenAccount(name));
  const Timestamp moment = TRY(EndOfStep(present->journal(), moment_));
  MutexLock lock(mutex_);
  auto& slot = open_[std::string(name)];
  // Another thread may have been faster: one object for all.
  if (auto account = slot.lock()) return account;
  std::shared_ptr<Account> account = std::make_shared<PastAccount>(std::move(present), moment);
  slot = account;
  return account;
}

}  // namespace replicafs
