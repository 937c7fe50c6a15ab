#include "fs/core/location.h"

#include "fs/core/mounted_account.h"
#include "fs/core/node.h"

namespace replicafs {

BlobStore& Location::store() const {
  return place->account->store();
}

const std::string& Location::container() const {
  return place->container;
}

Location Location::Child(std::string_view component) const {
  return {.place = place, .name = prefix() + std::string(component)};
}

}  // namespace replicafs
