// What stands at a name, as the store has it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fs/core/file_system.h"
#include "fs/core/node_table.h"
#include "fs/core/posix_metadata.h"

namespace replicafs {

class FileSystemState;

struct Found {
  NodeSeed seed;
  std::optional<BlobInfo> blob;      // a file's, a version's, or a directory's marker
  std::optional<PrefixInfo> prefix;  // a directory's, when something lives in it
  Timestamp late;                    // a directory's: when what waits in it changed it
};

// kNotFound, kNotDirectory, kNameTooLong. Does not know uncommitted files.
Result<Found> FindEntry(FileSystemState& state, const NodePtr& parent, std::string_view name);
// The same for a node that is known.
Result<Found> FindNode(FileSystemState& state, const Node& node);

// What a name in a directory stands for in the store; over-long components are looked for.
Result<StoredName> StoredNameOf(const Location& directory, std::string_view name);
// The directory or file called `component` in a directory of a container.
Result<Found> FindBlob(const Location& location, NameForm form);
// kNotFound when neither a marker nor anything below it exists.
Result<Found> FindDirectory(const Location& location);

// st_ino of what stands at the name in a store without file ids.
uint64_t InodeByName(const Location& location, NodeKind kind);
// As the kernel sees it. `node` (may be null) knows better what is not committed yet.
Attributes AttributesOf(const FileSystemState& state, const Found& found, const Location& location,
                        Node* node);
// A file that only a writer, or nobody but its handles, knows. nullopt for any other.
std::optional<Attributes> OpenAttributes(const FileSystemState& state, Node& node);

}  // namespace replicafs
