// Marker blobs: how an empty directory is kept.
#pragma once

#include "backend/blob/blob_info.h"

namespace replicafs::embedded {

// Whether the blob stands for a directory, in the form that other Azure tools use.
inline bool IsMarker(const BlobProperties& properties) {
  const auto at = properties.metadata.find("hdi_isfolder");
  return at != properties.metadata.end() && at->second == "true";
}

}  // namespace replicafs::embedded
