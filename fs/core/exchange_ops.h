// renameat2(2) with RENAME_EXCHANGE.
#pragma once

#include "backend/base/result.h"
#include "fs/core/file_system_state.h"
#include "fs/core/rename_parts.h"

namespace replicafs {

// What has the two names changes places, in one step where the store has such. kNotFound unless
// both exist; kInvalid when one lies in the other, or a file and a directory share a name;
// kPrecondition when another writer was quicker.
Status ExchangeOnce(FileSystemState& state, const Ends& ends);

}  // namespace replicafs
