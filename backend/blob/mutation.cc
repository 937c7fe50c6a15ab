#include "backend/blob/mutation.h"

namespace replicafs {

Status CheckSnapshot(const BlobInfo& current, const ContentKeyPtr& key) {
  if (current.properties.tier == Tier::kArchive)
    return Error{ErrorCode::kArchived, "'" + current.name + "' is in the archive tier"};
  return CheckKey(current.key_sha256, key, current.name);
}

}  // namespace replicafs
