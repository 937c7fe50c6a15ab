// The answer to List Containers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backend/azure/blob_service.h"

namespace replicafs::azure {

struct ContainerPage {
  std::vector<RemoteContainer> containers;
  std::string next_marker;  // empty: the last page
};

Result<ContainerPage> ParseContainerList(std::string_view xml);

}  // namespace replicafs::azure
