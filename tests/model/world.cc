#include "tests/model/world.h"

#include <utility>

#include "backend/embedded/embedded_account.h"
#include "backend/replication/policy_store.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_account.h"

namespace replicafs {
namespace {

bool IsOfLink(PlantedFault fault) {
  return fault == PlantedFault::kLostTombstone;
}

bool IsOfSecondMount(PlantedFault fault) {
  return fault == PlantedFault::kStaleStat;
}

}  // namespace

World::World(Accounts kind, Durability durability, PlantedFault fault) {
  clock_.SetAutoAdvance(std::chrono::milliseconds(1));
  source_ = MakeAccount(kind, "source");
  destination_ = MakeAccount(kind, "destination");
  policy_id_ =
      Must(CreatePolicy(accounts_,
                        {.source_account = "source",
                         .destination_account = "destination",
                         .rules = {{.source_container = "box", .destination_container = "box"}}},
                        clock_))
          .policy_id;
  const auto planted = [&](const std::shared_ptr<Account>& account, bool is_met) {
    return std::make_shared<PlantedAccount>(account, is_met ? fault : PlantedFault::kNone);
  };
  const bool of_mounts = !IsOfLink(fault) && !IsOfSecondMount(fault);
  mounts_[0] = std::make_unique<ModelMount>(planted(source_, of_mounts), durability, clock_);
  mounts_[1] = std::make_unique<ModelMount>(planted(source_, of_mounts || IsOfSecondMount(fault)),
                                            durability, clock_);
  replica_ = std::make_unique<ModelMount>(destination_, Durability::kCommit, clock_);
  link_destination_ = WithFaultScript(planted(destination_, IsOfLink(fault)));
  RestartLink();
}

std::shared_ptr<Account> World::MakeAccount(Accounts kind, const std::string& name) {
  std::shared_ptr<Account> account;
  if (kind == Accounts::kInMemory) {
    account = std::make_shared<MemoryAccount>(MemoryAccountOptions{.name = name, .clock = &clock_});
  } else {
    const std::string directory = place_ / name;
    Must(EmbeddedAccount::Create(directory));
    account = Must(EmbeddedAccount::Open(directory, name, clock_,
                                         {.garbage_interval = std::chrono::seconds(0)}));
  }
  accounts_.Add(account);
  Must(ApplyOne(account->store(), CreateContainer{"box"}, 0));
  return account;
}

void World::RestartLink() {
  link_.reset();
  link_faults().Clear();
  link_ = std::make_unique<Link>(source_, link_destination_, policy_id_, clock_);
}

}  // namespace replicafs
