// Nodes for names: what the operations on directories have in common.
#pragma once

#include <string_view>

#include "fs/core/file_system_state.h"
#include "fs/core/find.h"

namespace replicafs {

// The node of a directory that still has its name. kStale, kNotDirectory, kNotFound.
Result<NodePtr> DirectoryNode(FileSystemState& state, NodeId id);
// Of a directory in which names can be made and removed: kPermission above containers, kReadOnly
// among versions.
Result<NodePtr> WritableDirectoryNode(FileSystemState& state, NodeId id);

// Whether its entries are of what a container ever had.
bool IsBelowVersions(const Node& directory);

// Interns what was found and counts a lookup.
Entry MakeEntry(FileSystemState& state, const NodePtr& parent, std::string_view name,
                const Found& found);
Result<Entry> LookupEntry(FileSystemState& state, const NodePtr& parent, std::string_view name);

// The uncommitted file of this name; nullptr when there is none.
NodePtr PendingChild(const FileSystemState& state, const NodePtr& parent, std::string_view name);

// Makes what waits at the name in the directory and below it. kNameTooLong, kInvalid.
Status SettleEntry(const Location& directory, std::string_view name);

// Where a new blob of this name goes. kInvalid, kNameTooLong.
struct NewName {
  std::string component;
  Location location;
};
Result<NewName> PlaceNewName(const Location& directory, std::string_view name);

}  // namespace replicafs
