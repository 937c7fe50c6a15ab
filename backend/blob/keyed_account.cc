#include "backend/blob/keyed_account.h"

#include <utility>

namespace replicafs {

Result<std::unique_ptr<BlobReader>> KeyedStore::Open(const BlobPath& path, VersionId version) {
  auto reader = TRY(Inner().Open(path, version));
  if (reader->info().key_sha256 == key_->sha256()) TRY(reader->UseKey(key_));
  return reader;
}

Result<std::vector<Outcome>> KeyedStore::Apply(std::vector<Mutation> mutations, uint64_t writer) {
  for (Mutation& mutation : mutations) {
    auto* patch = std::get_if<PatchBlob>(&mutation);
    if (patch == nullptr || patch->key != nullptr) continue;
    const auto info = Inner().Stat(patch->path, patch->version);
    if (info && info->key_sha256 == key_->sha256()) patch->key = key_;
  }
  return Inner().Apply(std::move(mutations), writer);
}

Result<std::shared_ptr<Account>> KeyedAccounts::OpenAccount(std::string_view name) {
  auto inner = TRY(inner_.OpenAccount(name));
  MutexLock lock(mutex_);
  auto& slot = open_[std::string(name)];
  if (auto account = slot.lock()) return account;
  std::shared_ptr<Account> account = std::make_shared<KeyedAccount>(std::move(inner), key_);
  slot = account;
  return account;
}

}  // namespace replicafs
