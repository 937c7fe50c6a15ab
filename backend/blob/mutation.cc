#include "backend/blob/mutation.h"

namespace replicafs {

Status CheckSnapshot(const BlobInfo& current, const ContentKeyPtr& key) {
  TRY(CheckOnline(current.properties.tier, current.name));
  return CheckKey(current.key_sha256, key, current.name);
}

}  // namespace replicafs
