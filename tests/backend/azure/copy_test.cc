// Copies that the service makes in the background.
#include <gtest/gtest.h>

#include "backend/azure/http_date.h"
#include "backend/azure/rest_blob_service.h"
#include "backend/azure/shared_key_credential.h"
#include "tests/support/fake_http_client.h"
#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

HttpResponse Copied(int status, const std::string& copy_status, std::vector<HttpHeader> more = {}) {
  HttpResponse response;
  response.status = status;
  response.headers = {{"ETag", "\"0x1\""},     {"Last-Modified", HttpDate(Timestamp{})},
                      {"Content-Length", "5"}, {"x-ms-meta-replicafs_version", "mine"},
                      {"x-ms-copy-id", "id"},  {"x-ms-copy-status", copy_status}};
  response.headers.insert(response.headers.begin(), more.begin(), more.end());
  return response;
}

class BackgroundCopy : public testing::Test {
 protected:
  Result<Written> Copy(FakeHttpClient::Answer answer,
                       const std::optional<WriteProperties>& properties = std::nullopt) {
    http_ = std::make_unique<FakeHttpClient>(std::move(answer));
    ServiceOptions options;
    options.copy_poll_pause = std::chrono::milliseconds(1);
    options.retry.deadline = std::chrono::milliseconds(40);
    RestBlobService service(*http_, Must(Endpoint::Parse("https://photos1.blob.localhost")),
                            credential_, options);
    return service.Copy({"c", "from", {}, {}}, {}, {"c", "to", {}, {}}, properties, {});
  }
  // The service takes no copy at once.
  static std::optional<HttpResponse> RefusedAtOnce(const SentRequest& request) {
    if (request.Header("x-ms-requires-sync").empty()) return std::nullopt;
    HttpResponse response;
    response.status = 409;
    response.headers = {{"x-ms-error-code", "CannotVerifyCopySource"}};
    return response;
  }

  SharedKeyCredential credential_{Must(ParseAccountKey("photos1", "SmVmZQ=="))};
  std::unique_ptr<FakeHttpClient> http_;
};

TEST_F(BackgroundCopy, SourceTooLargeForOneAtOnceThenAwaited) {
  int polls = 0;
  const auto result = Copy([&](const SentRequest& request) -> Result<HttpResponse> {
    if (auto refused = RefusedAtOnce(request)) return std::move(*refused);
    if (request.method == "PUT") return Copied(202, "pending");
    return Copied(200, ++polls < 3 ? "pending" : "success", {{"ETag", "\"0x2\""}});
  });
  EXPECT_EQ(Must(result).etag, "\"0x2\"");
  const auto sent = http_->sent();
  ASSERT_GE(sent.size(), 2U);
  EXPECT_NE(sent[0].Header("x-ms-copy-source").find("sig="), std::string::npos);
  EXPECT_EQ(sent[1].Header("x-ms-copy-source"), "https://photos1.blob.localhost/c/from");
}

TEST_F(BackgroundCopy, AnswerLostThenAwaitedAllTheSame) {
  int polls = 0;
  const auto result = Copy(
      [&](const SentRequest& request) -> Result<HttpResponse> {
        if (auto refused = RefusedAtOnce(request)) return std::move(*refused);
        if (request.method == "HEAD") return Copied(200, ++polls < 4 ? "pending" : "success");
        if (request.url.ends_with("?comp=properties")) return Copied(200, "");
        HttpResponse exists;
        exists.status = 409;
        exists.headers = {{"x-ms-error-code", "BlobAlreadyExists"}};
        exists.sent_again = true;
        return exists;
      },
      WriteProperties{.metadata = {{std::string(kOperationKey), "mine"}}});
  EXPECT_OK(result);
  EXPECT_GE(polls, 4);
}

TEST_F(BackgroundCopy, FailedThenItsDescription) {
  const auto result = Copy([&](const SentRequest& request) -> Result<HttpResponse> {
    if (request.method == "PUT") return Copied(202, "pending");
    return Copied(200, "failed", {{"x-ms-copy-status-description", "404 BlobNotFound"}});
  });
  EXPECT_CODE(kIo, result);
  EXPECT_NE(result.error().message.find("404 BlobNotFound"), std::string::npos);
}

TEST_F(BackgroundCopy, NotDoneInTimeThenAborted) {
  const auto result = Copy([&](const SentRequest& request) -> Result<HttpResponse> {
    if (!request.Header("x-ms-copy-action").empty()) return Copied(204, "");
    return Copied(request.method == "PUT" ? 202 : 200, "pending",
                  {{"x-ms-copy-progress", "10/1000"}});
  });
  EXPECT_CODE(kTimeout, result);
  EXPECT_TRUE(http_->sent().back().url.ends_with("?comp=copy&copyid=id"));
  EXPECT_EQ(http_->sent().back().Header("x-ms-copy-action"), "abort");
}

TEST_F(BackgroundCopy, ReplacedMeanwhileThenPrecondition) {
  const auto result = Copy([&](const SentRequest& request) -> Result<HttpResponse> {
    if (request.method == "PUT") return Copied(202, "pending");
    return Copied(200, "success", {{"x-ms-copy-id", "another"}});
  });
  EXPECT_CODE(kPrecondition, result);
}

}  // namespace
}  // namespace replicafs::azure
