#include "tests/support/fake_http_client.h"

namespace replicafs {

std::string SentRequest::Header(std::string_view name) const {
  return std::string(FindHeader(headers, name).value_or(""));
}

Result<HttpResponse> FakeHttpClient::Send(const HttpRequest& request) {
  SentRequest sent{request.method, request.url, request.headers, {}};
  if (const auto* bytes = std::get_if<ByteSpan>(&request.body)) sent.body = AsText(*bytes);
  {
    const MutexLock lock(mutex_);
    sent_.push_back(sent);
  }
  if (request.stop.stop_requested()) return Error{ErrorCode::kCancelled, "stopped"};
  HttpResponse response = TRY(answer_(sent));
  response.body_bytes = response.body.size();
  if (request.sink && response.status >= 200 && response.status < 300) {
    TRY(request.sink(AsBytes(response.body)));
    response.body.clear();
  }
  return response;
}

std::vector<SentRequest> FakeHttpClient::sent() const {
  const MutexLock lock(mutex_);
  return sent_;
}

}  // namespace replicafs
