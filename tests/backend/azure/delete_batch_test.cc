#include <gtest/gtest.h>

#include "backend/azure/rest_blob_service.h"
#include "backend/azure/shared_key_credential.h"
#include "tests/support/fake_http_client.h"
#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

class DeleteBatch : public testing::Test {
 protected:
  static HttpResponse Answered(int status, std::string code = {}) {
    HttpResponse response;
    response.status = status;
    response.headers = {{"Content-Type", "multipart/mixed; boundary=b"},
                        {"x-ms-error-code", std::move(code)}};
    return response;
  }
  Result<std::vector<Status>> Delete(FakeHttpClient::Answer answer,
                                     std::span<const BlobAddress> addresses) {
    http_ = std::make_unique<FakeHttpClient>(std::move(answer));
    ServiceOptions options;
    options.retry.base_pause = std::chrono::milliseconds(1);
    RestBlobService service(*http_, Must(Endpoint::Parse("https://photos1.blob.localhost")),
                            credential_, options);
    return service.DeleteBatch(addresses);
  }

  SharedKeyCredential credential_{Must(ParseAccountKey("photos1", "SmVmZQ=="))};
  std::unique_ptr<FakeHttpClient> http_;
};

TEST_F(DeleteBatch, PartThatIsBusyOrMissingThenDeletedAlone) {
  const BlobAddress addresses[] = {
      {"c", "busy", {}, {}}, {"c", "missing", {}, {}}, {"c", "gone", {}, {}}};
  const auto results = Must(Delete(
      [](const SentRequest& request) -> Result<HttpResponse> {
        if (request.method == "DELETE") return Answered(202);
        HttpResponse response = Answered(202);
        response.body =
            "--b\r\nContent-ID: 0\r\n\r\nHTTP/1.1 503 Busy\r\nx-ms-error-code: ServerBusy\r\n\r\n"
            "--b\r\nContent-ID: 2\r\n\r\nHTTP/1.1 404 X\r\nx-ms-error-code: BlobNotFound\r\n\r\n"
            "--b--";
        return response;
      },
      addresses));
  ASSERT_EQ(results.size(), 3U);
  EXPECT_OK(results[0]);
  EXPECT_OK(results[1]);
  EXPECT_CODE(kNotFound, results[2]);
  EXPECT_EQ(http_->sent().size(), 3U);
}

TEST_F(DeleteBatch, CredentialOfAContainerThenBatchOfTheContainer) {
  const BlobAddress address{"c", "a", {}, {}};
  const auto results = Must(Delete(
      [](const SentRequest& request) -> Result<HttpResponse> {
        if (request.url.find("restype=container") == std::string::npos)
          return Answered(403, "AuthorizationFailure");
        HttpResponse response = Answered(202);
        response.body = "--b\r\nContent-ID: 0\r\n\r\nHTTP/1.1 202 Accepted\r\n\r\n--b--";
        return response;
      },
      std::span(&address, 1)));
  EXPECT_OK(results.at(0));
}

TEST_F(DeleteBatch, TooManyOrOfSeveralContainersThenInvalid) {
  const auto none = [](const SentRequest&) -> Result<HttpResponse> { return Answered(500); };
  const std::vector<BlobAddress> many(257, BlobAddress{"c", "a", {}, {}});
  EXPECT_CODE(kInvalid, Delete(none, many));
  const BlobAddress two[] = {{"c", "a", {}, {}}, {"d", "a", {}, {}}};
  EXPECT_CODE(kInvalid, Delete(none, two));
  EXPECT_TRUE(Must(Delete(none, {})).empty());
  EXPECT_TRUE(http_->sent().empty());
}

}  // namespace
}  // namespace replicafs::azure
