#include "backend/account/account_check.h"

#include "backend/account/embedded_driver.h"

namespace replicafs {

Result<CheckReport> CheckAccount(AccountCatalog& accounts, std::string_view name,
                                 const CheckRequest& request) {
  const AccountDescriptor descriptor = TRY(accounts.Describe(name));
  if (descriptor.kind != "embedded")
    return Error{ErrorCode::kNotSupported, "account '" + descriptor.name + "' is of kind '" +
                                               descriptor.kind +
                                               "', which has no check: its service keeps it"};
  return CheckEmbedded(descriptor.directory, descriptor.name, request, SystemClock());
}

}  // namespace replicafs
