#include "backend/azure/service_error.h"

#include <gtest/gtest.h>

namespace replicafs::azure {
namespace {

constexpr std::string_view kBody =
    "<?xml "
    "version=\"1.0\"?><Error><Code>FromBody</Code><Message>No.\nRequestId:1</Message></Error>";

TEST(ServiceError, HeaderThenItsCodeAndTheBodysWords) {
  HttpResponse response;
  response.status = 404;
  response.headers = {{"x-ms-error-code", "BlobNotFound"},
                      {"x-ms-request-id", "7c0f"},
                      {"Date", "Fri, 20 Nov 2026 20:21:37 GMT"}};
  response.body = kBody;
  const ServiceError error = ReadServiceError(response);
  EXPECT_EQ(error.status, 404);
  EXPECT_EQ(error.code, "BlobNotFound");
  EXPECT_EQ(error.message, "No.");
  EXPECT_EQ(error.request_id, "7c0f");
  EXPECT_EQ(error.date, ParseTimestamp("2026-11-20T20:21:37Z"));
}

TEST(ServiceError, NoHeaderThenTheBodysCode) {
  HttpResponse response;
  response.status = 404;
  response.body = kBody;
  EXPECT_EQ(ReadServiceError(response).code, "FromBody");
  response.body = "<html>Bad Gateway</html>";
  EXPECT_EQ(ReadServiceError(response).code, "");
}

TEST(ServiceError, MessageThatRepeatsAUrlThenWithoutItsSignature) {
  HttpResponse response;
  response.status = 400;
  response.body = "<Error><Code>C</Code><Message>Bad https://h/?sig=hidden</Message></Error>";
  EXPECT_EQ(ReadServiceError(response).message, "Bad https://h/?sig=…");
}

}  // namespace
}  // namespace replicafs::azure
