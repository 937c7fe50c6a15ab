// The part of a check that comes first: whether every row holds what was written.
#pragma once

#include "backend/base/result.h"
#include "backend/embedded/check.h"
#include "backend/embedded/check_tables.h"
#include "backend/embedded/schema.h"
#include "backend/lmdb/transaction.h"

namespace replicafs::embedded {

// Reads every row; those that are damaged, and tables that cannot be read to their end, become
// findings. False when there are any: then nothing can be said about how rows go together, and
// nothing may be mended by them. `blocks` gets what the sound rows of the table of blocks say.
bool CheckRows(const lmdb::Transaction& transaction, const Tables& tables, BlockTable& blocks,
               CheckReport& report);

}  // namespace replicafs::embedded
