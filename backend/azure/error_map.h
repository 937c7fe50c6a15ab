// What the service's errors mean here.
// Source: learn.microsoft.com/rest/api/storageservices/blob-service-error-codes
#pragma once

#include <string>
#include <string_view>

#include "backend/azure/service_error.h"
#include "backend/base/result.h"

namespace replicafs::azure {

// What was asked, as far as the meaning of an error depends on it.
enum class Asked {
  kRead,        // a condition that does not hold means another state of the blob: kStale
  kWriteBlob,   // into a container, which may be one that the service replicates to
  kChangeBlob,  // of properties, tags, tiers; deletions
  kContainer,
};

ErrorCode CodeOf(const ServiceError& error, Asked asked);

// Whether the same request may be answered otherwise soon.
enum class Passing {
  kNo,
  kSoon,       // the service is busy, or did not finish
  kInMinutes,  // a name that is being deleted
};
Passing PassingOf(const ServiceError& error);

// Whether other credentials may help.
bool RefusesCredentials(const ServiceError& error);

struct Refusal {
  std::string_view operation;  // "put blob"
  std::string_view subject;    // "photos/a.txt"; empty: the account
  Asked asked = Asked::kRead;
  std::string remedy;  // of the credential, for refusals of credentials
  Timestamp now;
};
// "put blob 'photos/a.txt': 403 AuthenticationFailed (request …); …".
Error ErrorOf(const ServiceError& error, const Refusal& refusal);

}  // namespace replicafs::azure
