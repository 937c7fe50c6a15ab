// Accounts at Azurite, and what they are spoken to with.
#pragma once

#include <memory>

#include "backend/azure/blob_service.h"
#include "backend/base/result.h"
#include "tests/support/azurite.h"

namespace replicafs {

Result<std::shared_ptr<azure::BlobService>> Connect(const AzuriteAccount& account);
// One that is empty.
Result<AzuriteAccount> EmptyAccount();

}  // namespace replicafs
