// What the service says of a request that it does not do.
#pragma once

#include <optional>
#include <string>

#include "backend/base/time.h"
#include "backend/http/http_client.h"

namespace replicafs::azure {

struct ServiceError {
  int status = 0;
  std::string code;     // "BlobNotFound"; empty: it says none
  std::string message;  // its first line, shortened
  std::string request_id;
  std::optional<Timestamp> date;  // the service's clock
};

// From the headers, and from the body where they do not say it. REQUIRES: no 2xx.
ServiceError ReadServiceError(const HttpResponse& response);

}  // namespace replicafs::azure
