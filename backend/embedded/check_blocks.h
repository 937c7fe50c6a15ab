// The half of a check that looks at files.
#pragma once

#include <chrono>

#include "backend/base/result.h"
#include "backend/embedded/account_parts.h"
#include "backend/embedded/check.h"
#include "backend/embedded/check_tables.h"

namespace replicafs::embedded {

// Files without a row that are younger than this are somebody's work under way.
constexpr std::chrono::seconds kCheckGrace = std::chrono::hours(24);

// Compares the files of blocks, and at kBytes their bytes, with what the table of blocks said.
Status CheckBlockFiles(AccountParts& parts, const BlockTable& blocks, CheckDepth depth,
                       CheckReport& report);

}  // namespace replicafs::embedded
