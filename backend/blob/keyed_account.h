// Accounts of which one key of the customer's is known: what is encrypted with it is read, and its
// properties are changed, as if it were not. Everything else is as it is without the key.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/blob/account.h"
#include "backend/blob/forwarding_store.h"

namespace replicafs {

class KeyedStore final : public ForwardingStore {
 public:
  KeyedStore(BlobStore& inner, ContentKeyPtr key) : ForwardingStore(inner), key_(std::move(key)) {}

  Result<std::unique_ptr<BlobReader>> Open(const BlobPath& path, VersionId version) override;
  Result<std::vector<Outcome>> Apply(std::vector<Mutation> mutations, uint64_t writer) override;

 private:
  const ContentKeyPtr key_;
};

class KeyedAccount final : public Account {
 public:
  KeyedAccount(std::shared_ptr<Account> inner, ContentKeyPtr key)
      : inner_(std::move(inner)), store_(inner_->store(), std::move(key)) {}

  const std::string& name() const override { return inner_->name(); }
  BlobStore& store() override { return store_; }
  Journal& journal() override { return inner_->journal(); }
  const std::string& local_directory() const override { return inner_->local_directory(); }

 private:
  const std::shared_ptr<Account> inner_;
  KeyedStore store_;
};

// `inner` outlives it.
class KeyedAccounts final : public AccountSource {
 public:
  KeyedAccounts(AccountSource& inner, ContentKeyPtr key) : inner_(inner), key_(std::move(key)) {}

  Result<std::vector<std::string>> AccountNames() override { return inner_.AccountNames(); }
  Result<std::shared_ptr<Account>> OpenAccount(std::string_view name) override EXCLUDES(mutex_);
  Result<Durability> DurabilityOf(std::string_view name) override {
    return inner_.DurabilityOf(name);
  }
  Result<AccountIdentity> IdentityOf(std::string_view name) override {
    return inner_.IdentityOf(name);
  }

 private:
  AccountSource& inner_;
  const ContentKeyPtr key_;
  Mutex mutex_;
  std::map<std::string, std::weak_ptr<Account>, std::less<>> open_ GUARDED_BY(mutex_);
};

}  // namespace replicafs
