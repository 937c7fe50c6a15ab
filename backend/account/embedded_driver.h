// Which calls of backend/embedded an account of kind "embedded" needs.
#pragma once

#include <memory>
#include <string>

#include "backend/account/account_check.h"
#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/account.h"

namespace replicafs {

// Fills an existing directory.
Status CreateEmbedded(const std::string& directory, const std::string& name, const Clock& clock);
Result<std::shared_ptr<Account>> OpenEmbedded(const std::string& directory, const std::string& name,
                                              const Clock& clock);
Result<CheckReport> CheckEmbedded(const std::string& directory, const std::string& name,
                                  const CheckRequest& request, const Clock& clock);

}  // namespace replicafs
