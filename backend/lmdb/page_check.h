// Whether the pages of an environment's file go together: LMDB itself would follow a damaged one to
// wherever it leads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backend/base/result.h"
#include "backend/lmdb/page_file.h"

namespace replicafs::lmdb {

enum class PageDepth {
  kBranches,  // the pages that lead to others, the lists of tables and of free pages
  kRows,      // also those that hold rows: the whole file is read
  kAll,       // and whether every page is used or free; one that is neither only takes room
};

// Sentences about what is wrong, none when all is well: each page is used once, holds its number,
// nodes within its bounds and keys in order, between those of the pages beside it; counts are
// right; no free page is in use. Values are not looked at. The state is that of `meta`; it must
// stay as it is meanwhile.
std::vector<std::string> FindPageDamage(PageFile& file, const PageMeta& meta, PageDepth depth);

}  // namespace replicafs::lmdb
