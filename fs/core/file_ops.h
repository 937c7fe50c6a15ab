// Open files.
#pragma once

#include <span>
#include <string_view>

#include "backend/base/result.h"
#include "fs/core/file_system_state.h"

namespace replicafs {

struct CreateRequest {
  NodeId parent;
  std::string_view name;
  mode_t mode = 0;
  int flags = 0;
};

// Writes nothing to the store: the file lives in this mount until its first commit.
Result<CreatedFile> CreateFile(FileSystemState& state, const CreateRequest& request,
                               const Caller& caller);
Result<OpenedFile> OpenFileNode(FileSystemState& state, NodeId node, int flags);
Status FlushFile(FileSystemState& state, HandleId handle);
// Commits what any handle of the file has written.
Status SyncFile(FileSystemState& state, HandleId handle);
// Commits every file that has something to commit; what cannot be committed is lost, and logged.
void CommitAllFiles(FileSystemState& state);
void ReleaseFile(FileSystemState& state, HandleId handle);

}  // namespace replicafs
