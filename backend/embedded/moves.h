// Which blobs a list of mutations moves: those whose content it commits under another name and that
// it removes or replaces. They keep their file id.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/mutation.h"
#include "backend/embedded/schema.h"
#include "backend/lmdb/transaction.h"

namespace replicafs::embedded {

struct Move {
  BlobPath from;
  uint64_t file_id = 0;
};

struct Moves {
  std::map<BlobPath, Move> arriving;       // by the new path
  std::map<BlobPath, BlobPath> departing;  // old path to new path
  std::set<BlobPath> leaving;              // what the list removes or replaces

  static Result<Moves> Find(const lmdb::Transaction& transaction, const Tables& tables,
                            const std::vector<Mutation>& mutations);
};

}  // namespace replicafs::embedded
