#include "backend/azure/exposure.h"

#include <string>

#include "backend/azure/uri.h"

namespace replicafs::azure {

Status CheckNotExposed(std::string_view url, std::string_view what) {
  const UrlParts parts = TRY(SplitUrl(url));
  if (parts.scheme == "https" || IsLoopback(parts.host)) return Ok();
  return Error{ErrorCode::kPermission, std::string(what) + " is not sent to " + parts.scheme +
                                           "://" + parts.authority +
                                           ", where it could be read on the way: use https"};
}

}  // namespace replicafs::azure
