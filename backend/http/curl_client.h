// HTTP by libcurl.
#pragma once

#include <memory>

#include "backend/http/http_client.h"
#include "backend/http/http_options.h"

namespace replicafs {

class LanePool;

// HTTP/1.1 in the caller's thread, over connections that are kept. Follows no redirects, reads no
// netrc, trusts no server whose certificate does not verify. Logs each request at the debug level,
// without what gives access. No call may be under way when it is destroyed.
class CurlClient final : public HttpClient {
 public:
  // kInvalid for options out of their range; the error of a ca_file or ca_directory that cannot be
  // read.
  static Result<std::unique_ptr<CurlClient>> Make(HttpOptions options);
  ~CurlClient() override;

  Result<HttpResponse> Send(const HttpRequest& request) override;

 private:
  explicit CurlClient(HttpOptions options);

  const HttpOptions options_;
  std::unique_ptr<LanePool> lanes_;
};

}  // namespace replicafs
