#include "tests/model/model_mount.h"

#include <limits>
#include <utility>

#include "tests/support/matchers.h"

namespace replicafs {
namespace {

// FaultyAccount owns what it stands before; mounts share theirs.
class SharedAccount final : public Account {
 public:
  explicit SharedAccount(std::shared_ptr<Account> inner) : inner_(std::move(inner)) {}

  const std::string& name() const override { return inner_->name(); }
  BlobStore& store() override { return inner_->store(); }
  Journal& journal() override { return inner_->journal(); }
  const std::string& local_directory() const override { return inner_->local_directory(); }

 private:
  const std::shared_ptr<Account> inner_;
};

}  // namespace

std::shared_ptr<FaultyAccount> WithFaultScript(std::shared_ptr<Account> account) {
  return std::make_shared<FaultyAccount>(std::make_unique<SharedAccount>(std::move(account)));
}

ModelMount::ModelMount(const std::shared_ptr<Account>& account, Durability durability,
                       const Clock& clock)
    : clock_(clock), account_(WithFaultScript(account)) {
  accounts_.Add(account_);
  accounts_.SetDurability(durability);
  Remount();
}

void ModelMount::Remount() {
  fs_.reset();
  fs_ = Must(FileSystem::Open(accounts_, clock_,
                              {.scope = {.account = account_->name(), .container = "box"},
                               .scratch_directory = scratch_.path()}));
}

void ModelMount::Crash() {
  RefuseAll(account_->script());
  fs_.reset();
  account_->script().Clear();
  Remount();
}

void RefuseAll(FaultScript& script) {
  for (const StoreCall call :
       {StoreCall::kListContainers, StoreCall::kGetContainer, StoreCall::kStat,
        StoreCall::kStatPrefix, StoreCall::kList, StoreCall::kListVersions, StoreCall::kOpen,
        StoreCall::kReadAt, StoreCall::kHasBlocks, StoreCall::kStageBlock, StoreCall::kReadBlock,
        StoreCall::kApply, StoreCall::kGetState, StoreCall::kListState, StoreCall::kReserveFileIds,
        StoreCall::kSpace}) {
    script.Add({.call = call, .count = std::numeric_limits<uint64_t>::max() / 2});
  }
}

}  // namespace replicafs
