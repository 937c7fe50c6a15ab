#include "backend/azure/rest_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "backend/azure/bearer_credential.h"
#include "backend/azure/sas.h"
#include "backend/azure/sas_credential.h"
#include "backend/azure/shared_key_credential.h"
#include "tests/support/fake_http_client.h"
#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

HttpResponse Answered(int status, std::vector<HttpHeader> headers = {}) {
  HttpResponse response;
  response.status = status;
  response.headers = std::move(headers);
  return response;
}

RestCall Call() {
  RestCall call;
  call.operation = "list";
  call.subject = "c";
  call.url = "https://photos1.blob.localhost/c";
  return call;
}

ServiceOptions Quick() {
  ServiceOptions options;
  options.retry.base_pause = std::chrono::milliseconds(1);
  return options;
}

// Gives "1", "2", … ; a new one after each Renew.
class CountedTokens final : public TokenSource {
 public:
  Result<Secret> Token() override { return Secret(std::to_string(number_.load())); }
  Result<bool> Renew() override {
    ++number_;
    return true;
  }
  std::string Remedy() const override { return "log in again"; }

 private:
  std::atomic<int> number_{1};
};

TEST(RestClient, TokenRefusedThenAnotherOnce) {
  CountedTokens tokens;
  BearerCredential credential(tokens);
  FakeHttpClient http([](const SentRequest& request) -> Result<HttpResponse> {
    return Answered(request.Header("Authorization") == "Bearer 2" ? 200 : 401);
  });
  RestClient client(http, credential, Quick());
  EXPECT_OK(client.Answer(Call()));
  EXPECT_EQ(http.sent().size(), 2U);
}

TEST(RestClient, EachTokenRefusedThenUnauthenticatedWithTheRemedy) {
  CountedTokens tokens;
  BearerCredential credential(tokens);
  FakeHttpClient http([](const SentRequest&) -> Result<HttpResponse> { return Answered(401); });
  RestClient client(http, credential, Quick());
  const auto result = client.Answer(Call());
  EXPECT_CODE(kUnauthenticated, result);
  EXPECT_EQ(result.error().message, "list 'c': 401; log in again");
  EXPECT_EQ(http.sent().size(), 2U);
}

TEST(RestClient, SecretsOverPlainHttpThenNotSent) {
  CountedTokens tokens;
  BearerCredential bearer(tokens);
  SasCredential sas(Must(ParseSasToken("se=2030-01-01&sig=x")));
  FakeHttpClient http([](const SentRequest&) -> Result<HttpResponse> { return Answered(200); });
  RestCall call = Call();
  call.url = "http://photos1.blob.core.windows.net/c";
  RestClient with_bearer(http, bearer, Quick());
  RestClient with_sas(http, sas, Quick());
  EXPECT_CODE(kPermission, with_bearer.Answer(call));
  EXPECT_CODE(kPermission, with_sas.Answer(call));
  EXPECT_TRUE(http.sent().empty());
}

TEST(RestClient, SignatureThatHasEndedThenThatIsTheRemedy) {
  SasCredential credential(Must(ParseSasToken("se=2020-01-01T00:00:00Z&sig=hidden")));
  FakeHttpClient http([](const SentRequest& request) -> Result<HttpResponse> {
    EXPECT_TRUE(request.url.ends_with("?a=b&se=2020-01-01T00:00:00Z&sig=hidden"));
    return Answered(403, {{"x-ms-error-code", "AuthenticationFailed"}});
  });
  RestClient client(http, credential, Quick());
  RestCall call = Call();
  call.query = {{"a", "b"}};
  const auto result = client.Answer(call);
  EXPECT_CODE(kUnauthenticated, result);
  EXPECT_NE(result.error().message.find("ended at 2020-01-01"), std::string::npos);
  EXPECT_EQ(result.error().message.find("hidden"), std::string::npos);
}

TEST(RestClient, ErrorOfTheTransportThatRepeatsTheUrlThenWithoutItsSignature) {
  SasCredential credential(Must(ParseSasToken("se=2030-01-01&sig=hidden")));
  FakeHttpClient http([](const SentRequest& request) -> Result<HttpResponse> {
    return Error{ErrorCode::kInvalid, "cannot send " + request.url};
  });
  RestClient client(http, credential, Quick());
  const auto result = client.Answer(Call());
  EXPECT_CODE(kInvalid, result);
  EXPECT_EQ(result.error().message.find("hidden"), std::string::npos) << result.error().message;
}

class RestClientWithKey : public testing::Test {
 protected:
  SharedKeyCredential credential_{Must(ParseAccountKey("photos1", "SmVmZQ=="))};
};

TEST_F(RestClientWithKey, AnyAnswerWithAVersionThenVersionsAreShown) {
  std::atomic<bool> shows{false};
  FakeHttpClient http([&](const SentRequest&) -> Result<HttpResponse> {
    if (!shows) return Answered(200);
    return Answered(200, {{"x-ms-version-id", "2020-03-19T06:23:15.1569236Z"}});
  });
  RestClient client(http, credential_, Quick());
  ASSERT_OK(client.Answer(Call()));
  EXPECT_FALSE(client.has_shown_versions());
  shows = true;
  ASSERT_OK(client.Answer(Call()));
  EXPECT_TRUE(client.has_shown_versions());
}

TEST_F(RestClientWithKey, BusyForLongerThanTheDeadlineThenGivenUp) {
  FakeHttpClient http([](const SentRequest&) -> Result<HttpResponse> {
    return Answered(409, {{"x-ms-error-code", "ContainerBeingDeleted"}});
  });
  ServiceOptions options = Quick();
  options.retry.max_pause = std::chrono::milliseconds(2);
  options.retry.deadline = std::chrono::milliseconds(60);
  RestClient client(http, credential_, options);
  EXPECT_CODE(kBusy, client.Answer(Call()));
  EXPECT_GT(http.sent().size(), static_cast<size_t>(options.retry.attempts_max));
}

TEST_F(RestClientWithKey, StoppedInAPauseThenCancelled) {
  std::stop_source stop;
  FakeHttpClient http([&](const SentRequest&) -> Result<HttpResponse> {
    stop.request_stop();
    return Answered(503, {{"Retry-After", "30"}});
  });
  RestClient client(http, credential_, ServiceOptions{.stop = stop.get_token()});
  EXPECT_CODE(kCancelled, client.Answer(Call()));
  EXPECT_EQ(http.sent().size(), 1U);
}

TEST_F(RestClientWithKey, PauseThatTheServiceAsksForThenWaited) {
  std::atomic<int> requests{0};
  FakeHttpClient http([&](const SentRequest&) -> Result<HttpResponse> {
    return ++requests == 1 ? Answered(503, {{"retry-after-ms", "80"}}) : Answered(200);
  });
  RestClient client(http, credential_, Quick());
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_OK(client.Answer(Call()));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(80));
}

TEST_F(RestClientWithKey, RequestThenVersionDateAndSignature) {
  FakeHttpClient http([](const SentRequest&) -> Result<HttpResponse> { return Answered(200); });
  RestClient client(http, credential_, Quick());
  ASSERT_OK(client.Answer(Call()));
  const SentRequest sent = http.sent().at(0);
  EXPECT_EQ(sent.Header("x-ms-version"), "2023-11-03");
  EXPECT_TRUE(sent.Header("x-ms-date").ends_with(" GMT"));
  EXPECT_TRUE(sent.Header("Authorization").starts_with("SharedKey photos1:"));
}

}  // namespace
}  // namespace replicafs::azure
