// A mount of the container "box" of an account, that can crash.
#pragma once

#include <memory>
#include <string>

#include "backend/base/clock.h"
#include "tests/support/faulty_store.h"
#include "tests/support/path_calls.h"
#include "tests/support/temp_directory.h"
#include "tests/support/test_accounts.h"

namespace replicafs {

class ModelMount final : public PathCalls {
 public:
  // The clock outlives the mount.
  ModelMount(const std::shared_ptr<Account>& account, Durability durability, const Clock& clock);

  FileSystem& fs() override { return *fs_; }
  // Handles end. Remount: what is open is committed. Crash: nothing reaches the account any more.
  void Remount();
  void Crash();

 private:
  const Clock& clock_;
  std::shared_ptr<FaultyAccount> account_;
  TestAccounts accounts_;
  TempDirectory scratch_;
  std::unique_ptr<FileSystem> fs_;
};

std::shared_ptr<FaultyAccount> WithFaultScript(std::shared_ptr<Account> account);
// From now on every call fails and does nothing.
void RefuseAll(FaultScript& script);

}  // namespace replicafs
