// Changes of what an account does, as far as its policies let it.
#pragma once

#include <optional>
#include <string>

#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/blob/account_settings.h"

namespace replicafs {

// Members that are not set stay.
struct SettingsChange {
  std::optional<bool> versioning;
  std::optional<bool> change_feed;
  std::optional<bool> allow_cross_tenant_replication;

  bool any() const { return versioning || change_feed || allow_cross_tenant_replication; }
};

// kBusy when a policy needs what would be switched off, or another process changed policies or
// settings meanwhile; kNotFound.
Result<AccountSettings> ChangeSettings(AccountSource& accounts, const std::string& account,
                                       const SettingsChange& change, const Clock& clock);
Result<AccountSettings> ReadSettings(Account& account);

// Whether the account's tenant and resource id may change: kBusy while it has policies.
Status CheckIdentityIsFree(AccountSource& accounts, const std::string& account);

}  // namespace replicafs
