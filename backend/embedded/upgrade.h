// Accounts of earlier formats. Each step belongs to the transaction that writes the new number.
#pragma once

#include <cstdint>

#include "backend/base/result.h"
#include "backend/embedded/schema.h"
#include "backend/lmdb/transaction.h"

namespace replicafs::embedded {

constexpr uint64_t kPlainFormat = 1;  // its rows have no checksums

// From format 1: seals the rows of the tables whose plain rows do not tell that they are plain, and
// the counters. All others are sealed when they are next written. kCorrupt when the account is not
// of that format, whatever it says.
Status SealPlainTables(lmdb::WriteTransaction& transaction, const Tables& tables);

// From format 2: containers say that they have no protection. kCorrupt when one says already
// whether it has, so that the account is not of that format.
Status AddContainerProtection(lmdb::WriteTransaction& transaction, const Tables& tables);

}  // namespace replicafs::embedded
