// One call of the REST API, with as many attempts as it takes.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "backend/azure/credential.h"
#include "backend/azure/error_map.h"
#include "backend/azure/service_options.h"
#include "backend/azure/uri.h"
#include "backend/http/http_client.h"

namespace replicafs::azure {

struct RestCall {
  std::string operation;  // "put blob"; with the subject, for messages
  std::string subject;    // "photos/a.txt"
  Asked asked = Asked::kRead;
  std::string method = "GET";
  std::string url;  // without a query
  Query query;
  std::vector<HttpHeader> headers;
  HttpBody body;
  uint64_t answer_bytes = 0;  // that are expected, where they may be many
  // For each attempt anew, headers of it that others than the caller's own make.
  std::function<Result<std::vector<HttpHeader>>(const RequestContext&)> late_headers;
  // Of a successful answer: its body, for each attempt anew. The error of `check` is one of the
  // attempt, and kCorrupt is tried again.
  std::function<HttpSink()> sink;
  std::function<Status(const HttpResponse&)> check;
  std::stop_token stop;
};

// An answer, or why there is none.
struct RestOutcome {
  std::optional<HttpResponse> response;  // 2xx
  Error error;                           // without one
  ServiceError service_error;            // where the service said it: else its status is zero
  // An attempt before the last got no answer, or one that says nothing; or the client itself sent
  // the request twice. So it may have been made before it was refused.
  bool maybe_made = false;

  bool ok() const { return response.has_value(); }
};

// Thread-safe. Borrows all it is given.
class RestClient {
 public:
  RestClient(HttpClient& http, Credential& credential, ServiceOptions options);

  RestOutcome Send(const RestCall& call);
  // Where the outcome's error is all there is to say.
  Result<HttpResponse> Answer(const RestCall& call);

  bool has_shown_versions() const { return has_shown_versions_.load(std::memory_order_relaxed); }
  Credential& credential() { return credential_; }
  const ServiceOptions& options() const { return options_; }
  Timestamp Now() const { return options_.clock->Now(); }

 private:
  struct Attempt;

  Result<HttpRequest> Prepare(const RestCall& call, const std::string& id,
                              const RequestContext& context);
  Attempt Try(const RestCall& call, const std::string& id, std::chrono::milliseconds left,
              const std::stop_token& stop);
  // Whether the attempt is to be made again at once, with other credentials.
  bool HasNewCredential(const Attempt& attempt);

  HttpClient& http_;
  Credential& credential_;
  const ServiceOptions options_;
  std::atomic<bool> has_shown_versions_{false};
};

}  // namespace replicafs::azure
