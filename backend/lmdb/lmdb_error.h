// LMDB's return codes as Errors.
#pragma once

#include <string_view>

#include "backend/base/result.h"

namespace replicafs::lmdb {

// The Error for a call that returned `code` (not MDB_SUCCESS). Damage is kCorrupt, a full disk or
// map kNoSpace, a missing row kNotFound.
Error LmdbError(std::string_view what, int code);

}  // namespace replicafs::lmdb
