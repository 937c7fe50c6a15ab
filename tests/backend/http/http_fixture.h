// Clients for loopback servers.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <utility>

#include "backend/http/curl_client.h"
#include "tests/support/gate.h"
#include "tests/support/http_server.h"
#include "tests/support/matchers.h"

namespace replicafs {

inline std::unique_ptr<CurlClient> MakeClient(HttpOptions options = {}) {
  options.proxy = "none";  // whatever the environment says
  return Must(CurlClient::Make(std::move(options)));
}

// A call in a thread of its own.
inline std::future<Result<HttpResponse>> SendAside(HttpClient& client, HttpRequest request) {
  return std::async(std::launch::async,
                    [&client, request = std::move(request)] { return client.Send(request); });
}

// How long a call that should end at once may take on a busy machine.
constexpr std::chrono::seconds kPrompt{5};

// Returns the call's result; fails the test when it is not prompt.
inline Result<HttpResponse> Promptly(std::future<Result<HttpResponse>>& call) {
  EXPECT_EQ(call.wait_for(kPrompt), std::future_status::ready) << "the call goes on";
  return call.get();
}

inline HttpHandler AnswerOk() {
  return [](HttpConnection& client) { client.Answer({}); };
}

}  // namespace replicafs
