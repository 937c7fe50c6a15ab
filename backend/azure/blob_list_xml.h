// The answer to List Blobs.
#pragma once

#include <string_view>

#include "backend/azure/blob_service.h"

namespace replicafs::azure {

// Elements in any order, or empty. kCorrupt: what every entry has is missing, or cannot be read.
Result<RemotePage> ParseBlobList(std::string_view xml);

}  // namespace replicafs::azure
