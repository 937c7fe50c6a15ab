// An HttpClient without a network: a function answers, and requests are kept.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/http/http_client.h"

namespace replicafs {

struct SentRequest {
  std::string method;
  std::string url;
  std::vector<HttpHeader> headers;
  std::string body;

  // Empty when there is none.
  std::string Header(std::string_view name) const;
};

// Thread-safe, as far as the function is.
class FakeHttpClient final : public HttpClient {
 public:
  using Answer = std::function<Result<HttpResponse>(const SentRequest&)>;

  explicit FakeHttpClient(Answer answer) : answer_(std::move(answer)) {}

  // A successful answer's body goes to the request's sink.
  Result<HttpResponse> Send(const HttpRequest& request) override EXCLUDES(mutex_);
  std::vector<SentRequest> sent() const EXCLUDES(mutex_);

 private:
  const Answer answer_;
  mutable Mutex mutex_;
  std::vector<SentRequest> sent_ GUARDED_BY(mutex_);
};

}  // namespace replicafs
