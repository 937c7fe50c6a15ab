// What a failed transfer means.
#pragma once

#include <curl/curl.h>

#include "backend/base/result.h"
#include "backend/http/http_options.h"

namespace replicafs {

// The error of a transfer that ended with `code` (not CURLE_OK), as http_client.h says; its message
// says the cause, and the remedy where there is one, but not whose it is. `detail` is libcurl's own
// message.
Error CurlError(CURL* easy, CURLcode code, const char* detail, const HttpOptions& options);

}  // namespace replicafs
