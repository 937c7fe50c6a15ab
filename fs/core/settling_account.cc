#include "fs/core/settling_account.h"

#include <utility>

namespace replicafs {

SettlingAccount::SettlingAccount(std::shared_ptr<Account> inner, RemovalQueue::Maker make)
    : inner_(std::move(inner)),
      removals_(std::move(make)),
      store_(inner_->store(), removals_),
      journal_(inner_->journal(), removals_) {}

}  // namespace replicafs
