// Blocks of a blob: those it has, and those that it is to be made of.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backend/azure/blob_service.h"

namespace replicafs::azure {

// The committed ones, in order.
Result<std::vector<RemoteBlock>> ParseBlockList(std::string_view xml);
// Each is the newest of its id, committed or not.
std::string BlockListXml(std::span<const std::string> block_ids);

}  // namespace replicafs::azure
