#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "tests/backend/http/http_fixture.h"

namespace replicafs {
namespace {

// What the server saw of a request; its URL is one of the server's.
ServedRequest Served(HttpRequest request) {
  HttpServer server([](HttpConnection& client) {
    client.ReadBody();
    client.Answer({});
  });
  const auto client = MakeClient();
  request.url = server.Url(request.url);
  EXPECT_OK(client->Send(request));
  return server.requests().front();
}

TEST(HttpRequest, PathWithDotsAndEncodedBytesThenIsSentAsItIs) {
  const std::string target = "/a/../b//c%2F%2f%c3%A4/./$web/?comp=list&prefix=a%26b";
  EXPECT_EQ(Served({.url = target}).target, target);
}

TEST(HttpRequest, AnyMethodThenIsSent) {
  for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "POST", "PATCH", "OPTIONS"})
    EXPECT_EQ(Served({.method = method, .url = "/"}).method, method);
}

TEST(HttpRequest, HeadersThenAreSentAsTheyAre) {
  const auto request = Served({.url = "/",
                               .headers = {{"x-ms-meta-Name", "a:  b"},
                                           {"x-ms-empty", ""},
                                           {"If-None-Match", "*"},
                                           {"Content-Length", "77"}}});
  EXPECT_EQ(request.Header("x-ms-meta-name"), "a:  b");
  EXPECT_EQ(request.Header("x-ms-empty"), "");
  EXPECT_EQ(request.Header("if-none-match"), "*");
  EXPECT_EQ(request.Header("content-length"), std::nullopt);
}

TEST(HttpRequest, NothingSaidThenNoHeadersOfLibcurl) {
  const std::string large(3 << 20, 'x');
  const auto request = Served({.method = "PUT", .url = "/", .body = AsBytes(large)});
  EXPECT_EQ(request.Header("Expect"), std::nullopt);
  EXPECT_EQ(request.Header("Content-Type"), std::nullopt);
  EXPECT_EQ(request.Header("Transfer-Encoding"), std::nullopt);
  EXPECT_EQ(request.Header("User-Agent"), "ReplicaFS/" REPLICAFS_VERSION);
  EXPECT_TRUE(request.body == large);
}

TEST(HttpRequest, ExpectAskedForThenTheServerIsAskedFirst) {
  const std::string content = "content";
  const auto request = Served({.method = "PUT",
                               .url = "/",
                               .headers = {{"Expect", "100-continue"}},
                               .body = AsBytes(content)});
  EXPECT_EQ(request.Header("Expect"), "100-continue");
  EXPECT_EQ(request.body, content);
}

TEST(HttpRequest, NoClientRequestIdThenOneIsMade) {
  const auto first = Served({.url = "/"});
  const auto second = Served({.url = "/"});
  EXPECT_EQ(first.Header("x-ms-client-request-id").value_or("").size(), NewGuid().size());
  EXPECT_NE(first.Header("x-ms-client-request-id"), second.Header("x-ms-client-request-id"));
}

TEST(HttpRequest, ClientRequestIdThenIsTheOnlyOne) {
  const auto request = Served({.url = "/", .headers = {{"X-Ms-Client-Request-Id", "mine"}}});
  EXPECT_EQ(request.Header("x-ms-client-request-id"), "mine");
  EXPECT_EQ(std::count_if(request.headers.begin(), request.headers.end(),
                          [](const HttpHeader& h) { return h.Is("x-ms-client-request-id"); }),
            1);
}

TEST(HttpRequest, NoBodyThenOnlyWritesSayHowLongItIs) {
  EXPECT_EQ(Served({.method = "PUT", .url = "/"}).Header("Content-Length"), "0");
  EXPECT_EQ(Served({.method = "PUT", .url = "/", .body = ByteSpan{}}).Header("Content-Length"),
            "0");
  EXPECT_EQ(Served({.method = "POST", .url = "/"}).Header("Content-Length"), "0");
  EXPECT_EQ(Served({.method = "DELETE", .url = "/"}).Header("Content-Length"), std::nullopt);
  EXPECT_EQ(Served({.url = "/"}).Header("Content-Length"), std::nullopt);
}

TEST(HttpRequest, BorrowedBodyThenArrives) {
  for (const char* method : {"PUT", "POST", "DELETE"}) {
    const std::string content("a\0b", 3);
    const auto request = Served({.method = method, .url = "/", .body = AsBytes(content)});
    EXPECT_EQ(request.body, content) << method;
    EXPECT_EQ(request.Header("Content-Length"), "3") << method;
  }
}

TEST(HttpRequest, BodyMadeInSmallPiecesThenArrivesWhole) {
  std::string content;
  for (int i = 0; i < 300'000; ++i) content += static_cast<char>('a' + i % 26);
  const HttpUpload upload{
      .size_bytes = content.size(), .read = [&](uint64_t offset, std::span<std::byte> into) {
        const size_t count = std::min<size_t>({into.size(), content.size() - offset, 777});
        std::memcpy(into.data(), content.data() + offset, count);
        return Result<size_t>(count);
      }};
  EXPECT_TRUE(Served({.method = "PUT", .url = "/", .body = upload}).body == content);
}

TEST(HttpRequest, BodyThatFailsThenIsTheCallsError) {
  HttpServer server(AnswerOk());
  const auto client = MakeClient();
  const HttpUpload upload{.size_bytes = 10, .read = [](uint64_t, std::span<std::byte>) {
                            return Result<size_t>(Error{ErrorCode::kCorrupt, "bad block"});
                          }};

  const auto response = client->Send({.method = "PUT", .url = server.Url("/"), .body = upload});

  EXPECT_CODE(kCorrupt, response);
  EXPECT_THAT(response.error().message, ::testing::HasSubstr("bad block"));
}

TEST(HttpRequest, BodyThatIsShorterThanSaidThenInvalid) {
  HttpServer server(AnswerOk());
  const auto client = MakeClient();
  const HttpUpload upload{.size_bytes = 10, .read = [](uint64_t offset, std::span<std::byte>) {
                            return Result<size_t>(offset == 0 ? 4U : 0U);
                          }};
  EXPECT_CODE(kInvalid, client->Send({.method = "PUT", .url = server.Url("/"), .body = upload}));
}

TEST(HttpRequest, WhatCannotBeSentThenInvalidAndNoConnection) {
  HttpServer server(AnswerOk());
  const auto client = MakeClient();
  const std::string url = server.Url("/");
  const std::vector<HttpRequest> requests = {
      {.url = ""},
      {.url = "no url"},
      {.url = "/path"},
      {.url = "ftp://127.0.0.1/"},
      {.url = "file:///etc/passwd"},
      {.url = "http://me:secret@127.0.0.1/"},
      {.url = url + "a b"},
      {.url = url + "\r\nHost: other"},
      {.method = "", .url = url},
      {.method = "GET / HTTP/1.1\r\n", .url = url},
      {.url = url, .headers = {{"a\r\nb", "c"}}},
      {.url = url, .headers = {{"a b", "c"}}},
      {.url = url, .headers = {{"", "c"}}},
      {.url = url, .headers = {{"a", "b\r\nc: d"}}},
      {.url = url, .headers = {{"a", "b\nc"}}},
  };
  for (const HttpRequest& request : requests) {
    const auto response = client->Send(request);
    EXPECT_CODE(kInvalid, response) << request.method << ' ' << request.url;
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().message.find("secret"), std::string::npos);
  }
  EXPECT_EQ(server.connections(), 0U);
}

}  // namespace
}  // namespace replicafs
