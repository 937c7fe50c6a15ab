// Faults of a file system, a store or a link that the model test must find: they stand between
// them.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/blob/account.h"
#include "backend/blob/forwarding_store.h"

namespace replicafs {

enum class PlantedFault {
  kNone,
  kShortCommit,      // a mount's commit lacks its last byte
  kOldNameStays,     // a mount's rename leaves the old name as well
  kLostVersion,      // a mount's commit replaces a version that should be kept
  kForgottenCommit,  // a mount's commit of a file that has a version is answered and not made
  kStaleStat,        // one mount sees a blob as it was before the other's commit
  kLostTombstone,    // a link does not remove a blob
};
std::string ToString(PlantedFault fault);

// Every `kEvery`th call that the fault can meet is met by it. Thread-safe.
class PlantedStore final : public ForwardingStore {
 public:
  static constexpr uint64_t kEvery = 7;

  PlantedStore(BlobStore& inner, PlantedFault fault) : ForwardingStore(inner), fault_(fault) {}

  Result<BlobInfo> Stat(const BlobPath& path, VersionId version) override EXCLUDES(mutex_);
  Result<std::vector<Outcome>> Apply(std::vector<Mutation> mutations, uint64_t writer) override;

 private:
  bool Meets() { return ++met_ % kEvery == 0; }
  void ChangeCommits(std::vector<Mutation>& mutations);
  // Leaves out what is not to be made; its outcome is empty.
  Result<std::vector<Outcome>> ApplyWithoutRemovals(std::vector<Mutation> mutations,
                                                    uint64_t writer);

  const PlantedFault fault_;
  std::atomic<uint64_t> met_ = 0;
  Mutex mutex_;
  std::map<std::string, BlobInfo> before_ GUARDED_BY(mutex_);  // by name, as it was last asked
};

// Another account with such a store.
class PlantedAccount final : public Account {
 public:
  PlantedAccount(std::shared_ptr<Account> inner, PlantedFault fault)
      : inner_(std::move(inner)), store_(inner_->store(), fault) {}

  const std::string& name() const override { return inner_->name(); }
  BlobStore& store() override { return store_; }
  Journal& journal() override { return inner_->journal(); }
  const std::string& local_directory() const override { return inner_->local_directory(); }

 private:
  const std::shared_ptr<Account> inner_;
  PlantedStore store_;
};

}  // namespace replicafs
