// What the renames of names have in common.
#pragma once

#include <string_view>

#include "backend/blob/mutation.h"
#include "fs/core/find.h"
#include "fs/core/node_table.h"
#include "fs/core/posix_metadata.h"
#include "fs/core/types.h"

namespace replicafs {

// One rename on its way: the ends, looked up once.
struct Ends {
  NodePtr parent;
  NodePtr new_parent;
  std::string_view name;
  std::string_view new_name;
  RenameMode mode = RenameMode::kReplace;
};

// The same version elsewhere, with the times it shows now.
CommitBlob MoveOf(const BlobInfo& info, const Location& from, const Location& to,
                  const Attributes& attributes);

// Both files' commit locks, in the order of their ids.
class TwoFiles {
 public:
  TwoFiles(Node& a, Node& b) NO_THREAD_SAFETY_ANALYSIS;
  ~TwoFiles() NO_THREAD_SAFETY_ANALYSIS;
  TwoFiles(const TwoFiles&) = delete;
  TwoFiles& operator=(const TwoFiles&) = delete;

 private:
  Node& first_;
  Node& second_;
};

}  // namespace replicafs
