// Where something lies in the store.
#pragma once

#include <string>

#include "backend/blob/blob_store.h"
#include "backend/blob/names.h"
#include "fs/core/name_codec.h"

namespace replicafs {

struct ContainerPlace;

// A name in a container. REQUIRES place != nullptr for everything but `name`.
struct Location {
  const ContainerPlace* place = nullptr;  // nullptr above containers
  std::string name;      // of the blob, or of the directory without a '/' at its end
  bool is_root = false;  // the container's root; it has no name

  BlobStore& store() const;
  const std::string& container() const;
  BlobPath path() const { return {container(), name}; }
  // What the names of everything inside begin with.
  std::string prefix() const { return is_root ? std::string() : name + "/"; }
  NamePlace name_place() const { return is_root ? NamePlace::kContainerRoot : NamePlace::kBelow; }
  // The thing of this component inside.
  Location Child(std::string_view component) const;
};

}  // namespace replicafs
