// Accounts of format 1, whose rows have no checksums.
#pragma once

#include <cstdint>

#include "backend/base/result.h"
#include "backend/embedded/schema.h"
#include "backend/lmdb/transaction.h"

namespace replicafs::embedded {

constexpr uint64_t kPlainFormat = 1;

// Seals the rows of the tables whose plain rows do not tell that they are plain, and the counters.
// All others are sealed when they are next written. kCorrupt when the account is not of that
// format, whatever it says.
Status SealPlainTables(lmdb::WriteTransaction& transaction, const Tables& tables);

}  // namespace replicafs::embedded
