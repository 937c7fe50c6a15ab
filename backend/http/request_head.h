// What stands before a request's body: checked, and in libcurl's form.
#pragma once

#include <string>

#include "backend/http/curl_handles.h"
#include "backend/http/http_client.h"

namespace replicafs {

struct RequestHead {
  std::string host;  // with the port when the URL has one
  std::string client_request_id;
  CurlList headers;
};

// kInvalid: the URL is none, is not http or https or carries a user; a method or a header that
// would change the form of the request.
Result<RequestHead> MakeRequestHead(const HttpRequest& request);

}  // namespace replicafs
