// Full resource ids of storage accounts, as Azure Resource Manager writes them.
#pragma once

#include <string>
#include <string_view>

#include "backend/base/result.h"

namespace replicafs {

// /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.Storage/storageAccounts/NAME
struct ResourceId {
  std::string subscription;
  std::string resource_group;
  std::string account;

  bool operator==(const ResourceId&) const = default;
};

std::string ToString(const ResourceId& id);
// The words between the names in any case. kInvalid says what the form is.
Result<ResourceId> ParseResourceId(std::string_view text);

// What a policy calls an account: its name, or its resource id.
struct AccountReference {
  std::string name;
  std::string resource_id;  // empty: by name
};
// kInvalid for what is neither.
Result<AccountReference> ParseAccountReference(std::string_view text);

}  // namespace replicafs
