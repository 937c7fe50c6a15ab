// stat(2), and what changes what it shows.
#pragma once

#include <functional>
#include <string>

#include "backend/base/result.h"
#include "fs/core/file_system_state.h"

namespace replicafs {

Result<Attributes> GetAttributes(FileSystemState& state, NodeId node);
Result<Attributes> SetAttributes(FileSystemState& state, NodeId node,
                                 const AttributeChange& change);
Result<std::string> ReadSymlink(FileSystemState& state, NodeId node);

// Changes the properties of a file or directory: with its next commit while it has one to come,
// else in place. A directory gets a marker when it has none. `change` sees the blob as it is and
// may be called again when another writer was faster.
using PropertyChange = std::function<Status(const BlobInfo& info, BlobProperties& properties)>;
Status ChangeProperties(FileSystemState& state, Node& node, const PropertyChange& change)
    REQUIRES(node.commit_mutex);

}  // namespace replicafs
