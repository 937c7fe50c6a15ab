#include "backend/azure/batch.h"

#include <gtest/gtest.h>

#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

TEST(Batch, RequestsThenTheirBody) {
  HttpRequest request;
  request.method = "DELETE";
  request.url = "https://photos1.blob.core.windows.net/c/a%20b?versionid=x";
  request.headers = {{"x-ms-date", "D"}, {"Authorization", "A"}};
  EXPECT_EQ(BatchBody(std::span(&request, 1), "batch_1"),
            "--batch_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
            "Content-ID: 0\r\n\r\nDELETE /c/a%20b?versionid=x HTTP/1.1\r\nx-ms-date: D\r\n"
            "Authorization: A\r\nContent-Length: 0\r\n\r\n--batch_1--\r\n");
}

HttpResponse Answer(std::string body) {
  HttpResponse response;
  response.status = 202;
  response.headers = {{"Content-Type", "multipart/mixed; boundary=batchresponse_1"}};
  response.body = std::move(body);
  return response;
}

TEST(Batch, AnswersInAnyOrderThenThoseOfTheirRequests) {
  const auto answers = Must(ParseBatchAnswer(
      Answer("--batchresponse_1\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\n"
             "HTTP/1.1 404 The specified blob does not exist.\r\nx-ms-error-code: BlobNotFound\r\n"
             "Content-Length: 10\r\n\r\n<Error>\r\n</Error>\r\n"
             "--batchresponse_1\r\nContent-Type: application/http\r\nContent-ID: 0\r\n\r\n"
             "HTTP/1.1 202 Accepted\r\nx-ms-request-id: 7\r\n\r\n--batchresponse_1--"),
      3));
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0]->status, 202);
  EXPECT_EQ(answers[1]->status, 404);
  EXPECT_EQ(answers[1]->Header("x-ms-error-code"), "BlobNotFound");
  EXPECT_EQ(answers[2], std::nullopt);
}

TEST(Batch, AnswerThatIsCutOffThenTheRestIsMissing) {
  const auto answers = Must(ParseBatchAnswer(
      Answer("--batchresponse_1\r\nContent-ID: 0\r\n\r\nHTTP/1.1 202 Accepted\r\n\r\n--batchr"),
      2));
  EXPECT_EQ(answers[0]->status, 202);
  EXPECT_EQ(answers[1], std::nullopt);
  EXPECT_CODE(kCorrupt, ParseBatchAnswer(HttpResponse{}, 1));
}

}  // namespace
}  // namespace replicafs::azure
