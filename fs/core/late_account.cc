#include "fs/core/late_account.h"

#include <utility>

namespace replicafs {

LateAccount::LateAccount(std::shared_ptr<Account> inner, LateChanges::Maker make,
                         LateChanges::Finisher finish)
    : inner_(std::move(inner)),
      late_(std::move(make), std::move(finish)),
      store_(inner_->store(), late_),
      journal_(inner_->journal(), late_) {}

}  // namespace replicafs
