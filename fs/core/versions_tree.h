// ".versions": a mirror of all names that a container ever had, in which each name is a directory
// of its versions. Read-only, but that a version can be unlinked.
#pragma once

#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "fs/core/directory_handle.h"
#include "fs/core/find.h"

namespace replicafs {

Found VersionsRootFound(const Location& container);
// In the directory of `name`: a version, or a name that begins with it. kNotFound.
Result<Found> FindInVersions(const Location& directory, std::string_view name);
// A regular file or a symlink that nobody may write.
Attributes VersionAttributes(const BlobInfo& info, const AttributeDefaults& defaults);
// A page of the directory's entries: its versions, newest first, then the names in it.
Result<std::vector<ListedEntry>> ListVersionsPage(const Location& directory,
                                                  const ListPosition& from);

}  // namespace replicafs
