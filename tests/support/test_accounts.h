// Accounts that a test has made.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/blob/account.h"

namespace replicafs {

// Accounts by name, as if on disk. Thread-safe.
class TestAccounts final : public AccountSource {
 public:
  void Add(std::shared_ptr<Account> account) {
    MutexLock lock(mutex_);
    accounts_[account->name()] = std::move(account);
  }
  void Remove(const std::string& name) {
    MutexLock lock(mutex_);
    accounts_.erase(name);
  }

  Result<std::vector<std::string>> AccountNames() override {
    MutexLock lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, account] : accounts_) names.push_back(name);
    return names;
  }
  Result<std::shared_ptr<Account>> OpenAccount(std::string_view name) override {
    MutexLock lock(mutex_);
    const auto found = accounts_.find(name);
    if (found == accounts_.end())
      return Error{ErrorCode::kNotFound, "there is no account '" + std::string(name) + "'"};
    return found->second;
  }
  // Of all of them.
  void SetDurability(Durability durability) {
    MutexLock lock(mutex_);
    durability_ = durability;
  }
  Result<Durability> DurabilityOf(std::string_view) override {
    MutexLock lock(mutex_);
    return durability_;
  }
  void SetIdentity(const std::string& name, AccountIdentity identity) {
    MutexLock lock(mutex_);
    identities_[name] = std::move(identity);
  }
  Result<AccountIdentity> IdentityOf(std::string_view name) override {
    MutexLock lock(mutex_);
    if (!accounts_.contains(name))
      return Error{ErrorCode::kNotFound, "there is no account '" + std::string(name) + "'"};
    const auto found = identities_.find(name);
    return found == identities_.end() ? AccountIdentity() : found->second;
  }

 private:
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<Account>, std::less<>> accounts_ GUARDED_BY(mutex_);
  std::map<std::string, AccountIdentity, std::less<>> identities_ GUARDED_BY(mutex_);
  Durability durability_ GUARDED_BY(mutex_) = Durability::kCommit;
};

}  // namespace replicafs
