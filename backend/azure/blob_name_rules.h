// Names that a Blob service does not keep as they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backend/base/result.h"

namespace replicafs::azure {

// kNameTooLong, kInvalid with the reason. Source: learn.microsoft.com/rest/api/storageservices/
// naming-and-referencing-containers--blobs--and-metadata
Status CheckBlobName(std::string_view name);

}  // namespace replicafs::azure
