// unlink and rmdir.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/mutation.h"
#include "fs/core/file_system_state.h"

namespace replicafs {

Status Unlink(FileSystemState& state, NodeId parent, std::string_view name);
Status RemoveDirectory(FileSystemState& state, NodeId parent, std::string_view name);

// Names of blobs and prefixes that are removed from a directory.
struct Leaving {
  Location directory;
  std::set<std::string> leaving;
  Timestamp time;  // when
};
// What to change together with the removal, so that the directory stays when they were all it had:
// a marker. nullopt when there is more in it, and in destinations. `store` is the directory's.
Result<std::optional<Mutation>> KeepDirectory(const FileSystemState& state, BlobStore& store,
                                              const Leaving& removal);
// The same for one thing that is removed now, whatever it is.
Result<std::optional<Mutation>> KeepDirectory(const FileSystemState& state,
                                              const Location& directory, const Location& leaving);

// Keeps what open handles of the file need once its name is gone. REQUIRES its commit lock.
void KeepOrphan(const Location& location, const BlobInfo& info, Node& node);
// Its blob is gone from the store, by another writer's doing: handles keep what they have.
void AbandonName(FileSystemState& state, Node& node) REQUIRES(node.commit_mutex);
// The name is gone from the store: no commit brings it back.
void MarkUnlinked(FileSystemState& state, Node& node);

}  // namespace replicafs
