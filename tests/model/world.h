// What the model test works on: two accounts, two mounts of the first, one of the second, and a
// link between them.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "backend/replication/link.h"
#include "tests/model/model_mount.h"
#include "tests/model/planted_faults.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_directory.h"
#include "tests/support/test_accounts.h"

namespace replicafs {

class World {
 public:
  enum class Accounts { kInMemory, kEmbedded };
  World(Accounts kind, Durability durability, PlantedFault fault);

  // Both of the source.
  ModelMount& mount(size_t number) { return *mounts_[number]; }
  ModelMount& replica() { return *replica_; }
  Account& source() { return *source_; }
  TestAccounts& accounts() { return accounts_; }
  const std::string& scratch() const { return scratch_.path(); }
  ManualClock& clock() { return clock_; }

  Link& link() { return *link_; }
  // Faults between the link and the destination.
  FaultScript& link_faults() { return link_destination_->script(); }
  // As after the end of its process.
  void RestartLink();

 private:
  std::shared_ptr<Account> MakeAccount(Accounts kind, const std::string& name);

  ManualClock clock_;
  TempDirectory place_;
  TempDirectory scratch_;
  TestAccounts accounts_;
  std::shared_ptr<Account> source_;
  std::shared_ptr<Account> destination_;
  std::shared_ptr<FaultyAccount> link_destination_;
  std::string policy_id_;
  std::array<std::unique_ptr<ModelMount>, 2> mounts_;
  std::unique_ptr<ModelMount> replica_;
  std::unique_ptr<Link> link_;
};

}  // namespace replicafs
