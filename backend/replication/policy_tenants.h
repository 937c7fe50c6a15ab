// Whose accounts a policy joins ("Object replication for block blobs", the table of "Specify full
// resource IDs"). An account that does not allow cross-tenant replication takes policies of one
// tenant alone, and only such as name both accounts by their full resource ids. Where neither
// account has a tenant there is nothing to tell apart, and names do.
#pragma once

#include <optional>
#include <string>

#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/blob/account_settings.h"
#include "backend/replication/policy.h"

namespace replicafs {

struct PolicyIdentities {
  std::optional<AccountIdentity> source;  // nullopt: this machine does not know the account
  std::optional<AccountIdentity> destination;

  bool IsCrossTenant() const;
};

Result<PolicyIdentities> IdentitiesOf(AccountSource& accounts, const Policy& policy);

// Whether `account`, which has these settings, may take the policy. kInvalid, also for a resource
// id that is another account's.
Status CheckTenants(const Policy& policy, const std::string& account,
                    const AccountSettings& settings, const PolicyIdentities& identities);

}  // namespace replicafs
