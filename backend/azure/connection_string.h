// "DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net"
// Source: learn.microsoft.com/azure/storage/common/storage-configure-connection-string
#pragma once

#include <optional>
#include <string_view>

#include "backend/azure/endpoint.h"
#include "backend/azure/secret.h"
#include "backend/azure/shared_key.h"
#include "backend/base/result.h"

namespace replicafs::azure {

struct ConnectionString {
  Endpoint endpoint;
  std::optional<AccountKey> key;
  std::optional<Secret> sas;
};

// "UseDevelopmentStorage=true" is the emulator at its usual place. kInvalid, which never repeats a
// value that may be secret: what is missing, contradicts itself or cannot be read. Members that do
// not concern the Blob service are passed over.
Result<ConnectionString> ParseConnectionString(std::string_view text);

}  // namespace replicafs::azure
