// Accounts as they were at a moment, for reading.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/base/time.h"
#include "backend/blob/account.h"
#include "backend/past/past_store.h"

namespace replicafs {

// The journal is the present one: it tells what is deleted for good meanwhile.
class PastAccount final : public Account {
 public:
  PastAccount(std::shared_ptr<Account> present, Timestamp moment)
      : present_(std::move(present)), store_(present_->store(), moment) {}

  const std::string& name() const override { return present_->name(); }
  BlobStore& store() override { return store_; }
  Journal& journal() override { return present_->journal(); }
  const std::string& local_directory() const override { return present_->local_directory(); }

 private:
  const std::shared_ptr<Account> present_;
  PastStore store_;
};

// `present` outlives it. A moment inside a step of an account is moved to the step's end.
class PastAccounts final : public AccountSource {
 public:
  PastAccounts(AccountSource& present, Timestamp moment) : present_(present), moment_(moment) {}

  Result<std::vector<std::string>> AccountNames() override { return present_.AccountNames(); }
  Result<std::shared_ptr<Account>> OpenAccount(std::string_view name) override EXCLUDES(mutex_);
  Result<Durability> DurabilityOf(std::string_view name) override {
    return present_.DurabilityOf(name);
  }
  Result<AccountIdentity> IdentityOf(std::string_view name) override {
    return present_.IdentityOf(name);
  }

 private:
  AccountSource& present_;
  const Timestamp moment_;
  Mutex mutex_;
  std::map<std::string, std::weak_ptr<Account>, std::less<>> open_ GUARDED_BY(mutex_);
};

}  // namespace replicafs
