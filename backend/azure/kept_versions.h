// Where an account that the service keeps no versions of keeps its own: in a container that nobody
// is shown, one blob a version.
//
//   replicafs-versions / <container>/<64 hexadecimal digits of the name's SHA-256>/<version id>
//
// with the metadata of the version, and beside it
//   replicafs_name      the blob's name
//   replicafs_version   the version's id
#pragma once

#include <string>
#include <string_view>

#include "backend/azure/blob_service.h"
#include "backend/blob/names.h"
#include "backend/blob/version_id.h"

namespace replicafs::azure {

constexpr std::string_view kKeptContainer = "replicafs-versions";
constexpr std::string_view kNameKey = "replicafs_name";
constexpr std::string_view kVersionKey = "replicafs_version";

// Whether users see the container: neither this one nor those of the service itself ("$logs").
bool IsShown(std::string_view container);

BlobAddress KeptAddress(const BlobPath& path, VersionId version);
// What all kept versions of a container's blobs begin with.
std::string KeptPrefix(std::string_view container);

}  // namespace replicafs::azure
