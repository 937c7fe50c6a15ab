// A FileSystem on accounts in memory, driven as the kernel would, by paths.
#pragma once

#include <fcntl.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fs/core/file_system.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_account.h"
#include "tests/support/path_calls.h"
#include "tests/support/temp_directory.h"
#include "tests/support/test_accounts.h"

namespace replicafs {

// The account "memory" with the container "box", mounted; paths are below the scope.
class MountedFixture : public PathCalls {
 public:
  explicit MountedFixture(MountScope scope = {.account = "memory", .container = "box"});
  // The same with something in front of the account, of its name.
  using Front = std::function<std::shared_ptr<Account>(std::shared_ptr<Account>)>;
  MountedFixture(MountScope scope, const Front& front);
  // The same on a given account, whose name the scope has.
  MountedFixture(MountScope scope, std::shared_ptr<Account> account);

  FileSystem& fs() override { return *fs_; }
  // What others see once the mount has made all that it has answered.
  BlobStore& store() { return account().store(); }
  Account& account() {
    if (fs_ != nullptr) fs_->Settle();
    return *account_;
  }
  ManualClock& clock() { return clock_; }
  TestAccounts& accounts() { return accounts_; }
  // A new FileSystem on the same accounts; open handles end.
  void Remount();

  // What other tools do, past the mount.
  void Put(std::string_view name, std::string_view content, StringMap metadata = {});
  size_t VersionCount(std::string_view name);
  void SetDestination(std::string policy_id);

 private:
  ManualClock clock_;
  std::shared_ptr<Account> account_;
  TestAccounts accounts_;
  TempDirectory scratch_;
  MountScope scope_;
  std::unique_ptr<FileSystem> fs_;
};

}  // namespace replicafs
