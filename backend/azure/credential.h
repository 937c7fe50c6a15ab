// What makes a request one that the service trusts.
#pragma once

#include <string>
#include <vector>

#include "backend/base/result.h"
#include "backend/base/time.h"
#include "backend/http/http_client.h"

namespace replicafs::azure {

struct RequestContext {
  Timestamp now;
};

// A blob, version or snapshot that the service itself is to read.
struct SourceBlob {
  std::string url;  // encoded; with "versionid" or "snapshot" where it is one
  std::string container;
  std::string name;
  std::string version_id;
  std::string snapshot;
};

// A copy that is done when it is answered reads its source like a stranger. One that the service
// makes in the background takes the request's own authorization for sources of the account.
enum class CopyForm { kAtOnce, kBackground };

// How a copy's request names its source: x-ms-copy-source, and headers that belong to it.
struct CopySource {
  std::string url;
  std::vector<HttpHeader> headers;
};

// Thread-safe.
class Credential {
 public:
  virtual ~Credential() = default;

  // Adds what says who asks: the last thing that is done to a request, which must be complete. A
  // request that is sent again is authorized again, as it was before. kUnauthenticated: there is
  // nothing to show, with the reason; kPermission: it must not be shown to this URL.
  virtual Status Authorize(HttpRequest& request, const RequestContext& context) = 0;
  // As Authorize, for the source of a copy inside the account.
  virtual Result<CopySource> AuthorizeSource(const SourceBlob& source, CopyForm form,
                                             const RequestContext& context) = 0;
  // After the service has refused it. True: there is a new one, try that.
  virtual Result<bool> Refresh() = 0;
  // What a person can do about a refusal: "…; the signature ended at …". Empty: nothing is known.
  virtual std::string Remedy(Timestamp now) const = 0;
};

}  // namespace replicafs::azure
