#include "backend/azure/kept_versions.h"

#include "backend/base/digest.h"

namespace replicafs::azure {

bool IsShown(std::string_view container) {
  return container != kKeptContainer && !container.starts_with('$');
}

std::string KeptPrefix(std::string_view container) {
  return std::string(container) + "/";
}

BlobAddress KeptAddress(const BlobPath& path, VersionId version) {
  return {.container = std::string(kKeptContainer),
          .name = KeptPrefix(path.container) + ToHex(Sha256(AsBytes(path.name))) + "/" +
                  ToString(version)};
}

}  // namespace replicafs::azure
