// The rows that the layers above keep with the account.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/blob_store.h"
#include "backend/embedded/schema.h"
#include "backend/lmdb/transaction.h"

namespace replicafs::embedded {

constexpr size_t kStateKeyMaxBytes = 500;

Result<std::optional<std::string>> FindState(const lmdb::Transaction& transaction,
                                             const Tables& tables, std::string_view key);
Result<std::vector<StateRow>> FindStates(const lmdb::Transaction& transaction, const Tables& tables,
                                         std::string_view prefix);

}  // namespace replicafs::embedded
