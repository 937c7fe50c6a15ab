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
#include "tests/support/temp_directory.h"
#include "tests/support/test_accounts.h"

namespace replicafs {

// The account "memory" with the container "box", mounted; paths are below the scope.
class MountedFixture {
 public:
  explicit MountedFixture(MountScope scope = {.account = "memory", .container = "box"});
  // The same with something in front of the account, of its name.
  using Front = std::function<std::shared_ptr<Account>(std::shared_ptr<Account>)>;
  MountedFixture(MountScope scope, const Front& front);
  // The same on a given account, whose name the scope has.
  MountedFixture(MountScope scope, std::shared_ptr<Account> account);

  FileSystem& fs() { return *fs_; }
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

  // Each returns the node with its lookup given back at the end of the mount. Empty path: the root.
  Result<NodeId> Walk(std::string_view path);
  Result<Attributes> Stat(std::string_view path);
  Result<HandleId> Open(std::string_view path, int flags, mode_t mode = 0644);
  Status Close(HandleId handle);  // flush and release
  Status WriteFile(std::string_view path, std::string_view content);
  Result<std::string> ReadFile(std::string_view path);
  Result<std::string> ReadAll(HandleId handle);
  Status WriteAt(HandleId handle, uint64_t offset, std::string_view bytes);
  Status Mkdir(std::string_view path, mode_t mode = 0755);
  Status Symlink(std::string_view target, std::string_view path);
  Status Unlink(std::string_view path);
  Status Rmdir(std::string_view path);
  Status Rename(std::string_view from, std::string_view to, RenameMode mode = RenameMode::kReplace);
  Status SetAttributes(std::string_view path, const AttributeChange& change);
  Result<std::string> GetXattr(std::string_view path, std::string_view name);
  Status SetXattr(std::string_view path, std::string_view name, std::string_view value,
                  XattrMode mode = XattrMode::kSet);
  Result<std::vector<std::string>> ListXattrs(std::string_view path);
  Status RemoveXattr(std::string_view path, std::string_view name);
  // Without "." and "..", in the order shown; the types are not checked.
  Result<std::vector<std::string>> List(std::string_view path);

  // What other tools do, past the mount.
  void Put(std::string_view name, std::string_view content, StringMap metadata = {});
  size_t VersionCount(std::string_view name);
  void SetDestination(std::string policy_id);

 private:
  struct Split {
    NodeId parent;
    std::string name;
  };
  Result<Split> WalkToParent(std::string_view path);

  ManualClock clock_;
  std::shared_ptr<Account> account_;
  TestAccounts accounts_;
  TempDirectory scratch_;
  MountScope scope_;
  std::unique_ptr<FileSystem> fs_;
};

// As a process of root would ask.
inline constexpr Caller kRoot{.uid = 0, .gid = 0, .pid = 1, .umask = 022};

}  // namespace replicafs
