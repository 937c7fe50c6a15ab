// The accounts of a root directory:
//   <root>/accounts/<name>/account.toml   what kind of account it is and where its data lies
//   <root>/accounts/<name>/               its data on this machine, unless it lies elsewhere
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/account/azure_settings.h"
#include "backend/base/clock.h"
#include "backend/base/mutex.h"
#include "backend/base/result.h"
#include "backend/base/time.h"
#include "backend/blob/account.h"

namespace replicafs {

struct AccountDescriptor {
  std::string name;
  std::string kind = "embedded";
  std::string tenant;         // whose account it is; policies across tenants need permission
  std::string resource_id{};  // what full resource ids in policies must say; empty: anything
  std::string region;         // where it is said to be; free text
  std::string directory;      // of its data, absolute
  Timestamp created;
  Durability durability = Durability::kCommit;
  std::optional<AzureSettings> azure{};  // of kind azure
};

struct CreateAccountRequest {
  std::string name;
  std::string tenant;
  std::string resource_id{};
  std::string region;
  std::string path;  // directory for the data; empty: below the root. Must not exist or be empty.
  Durability durability = Durability::kCommit;
  std::optional<AzureSettings> azure{};  // an account of kind azure; CompleteAzureSettings
};

// Members that are not set stay.
struct UpdateAccountRequest {
  std::string name;
  std::optional<std::string> tenant;  // empty: none
  std::optional<std::string> resource_id;
  std::optional<Durability> durability;
  std::optional<AzureSettings> azure{};  // kInvalid: of another kind, or with another endpoint
};

// Thread-safe. A process has one catalog per root: LMDB forbids opening an environment twice.
class AccountCatalog final : public AccountSource {
 public:
  // The root itself is created with the first account. The clock outlives the catalog and its
  // accounts.
  explicit AccountCatalog(const std::string& root, const Clock& clock = SystemClock());
  ~AccountCatalog() override;

  const std::string& root() const { return root_; }

  // kExists, kInvalid: no account can have the name.
  Status CheckIsFree(const std::string& name) const;
  // kExists, kInvalid, kPermission, kNoSpace. A crash leaves no half-made account that List shows,
  // and the next call removes what it left.
  Result<AccountDescriptor> Create(const CreateAccountRequest& request);
  // kNotFound, kInvalid, kPermission, kNoSpace. Who has the account open goes on as before.
  Result<AccountDescriptor> Update(const UpdateAccountRequest& request);
  Result<std::vector<AccountDescriptor>> List();
  // kNotFound says which accounts there are.
  Result<AccountDescriptor> Describe(std::string_view name);

  Result<std::vector<std::string>> AccountNames() override;
  Result<std::shared_ptr<Account>> OpenAccount(std::string_view name) override;
  Result<Durability> DurabilityOf(std::string_view name) override;
  Result<AccountIdentity> IdentityOf(std::string_view name) override;

 private:
  std::string HomeOf(std::string_view name) const;
  Error Unknown(std::string_view name);

  const std::string root_;
  const Clock& clock_;
  Mutex mutex_;
  std::map<std::string, std::weak_ptr<Account>, std::less<>> open_ GUARDED_BY(mutex_);
};

}  // namespace replicafs
