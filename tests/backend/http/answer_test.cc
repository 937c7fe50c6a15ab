#include <gtest/gtest.h>

#include <string>

#include "tests/backend/http/http_fixture.h"

namespace replicafs {
namespace {

using ::testing::HasSubstr;

Result<HttpResponse> AnswerOf(HttpHandler handler, HttpRequest request = {}) {
  HttpServer server(std::move(handler));
  const auto client = MakeClient();
  request.url = server.Url("/");
  return client->Send(request);
}

HttpHandler Answering(ServedAnswer answer) {
  return [answer = std::move(answer)](HttpConnection& client) { client.Answer(answer); };
}

HttpSink Into(std::string& text) {
  return [&text](ByteSpan bytes) {
    text += AsText(bytes);
    return Ok();
  };
}

TEST(HttpAnswer, AnyStatusThenIsAnAnswer) {
  for (const int status : {200, 201, 204, 206, 301, 304, 400, 404, 409, 412, 429, 500, 503}) {
    const auto response = AnswerOf(Answering({.status = status}));
    ASSERT_OK(response);
    EXPECT_EQ(response->status, status);
  }
}

TEST(HttpAnswer, RedirectThenIsNotFollowed) {
  const auto response =
      AnswerOf(Answering({.status = 302, .headers = {{"Location", "http://127.0.0.1:1/"}}}));
  ASSERT_OK(response);
  EXPECT_EQ(response->status, 302);
}

TEST(HttpAnswer, HeadersThenInTheirOrderAndWithoutRegardToCase) {
  const auto response = AnswerOf(Answering(
      {.headers = {
           {"ETag", "\"1\""}, {"x-ms-a", "first"}, {"X-MS-A", "second"}, {"x-empty", ""}}}));
  ASSERT_OK(response);
  EXPECT_EQ(response->Header("etag"), "\"1\"");
  EXPECT_EQ(response->Header("X-Ms-A"), "first");
  EXPECT_EQ(response->Header("x-empty"), "");
  EXPECT_EQ(response->Header("x-none"), std::nullopt);
  ASSERT_EQ(response->headers.size(), 5U);
  EXPECT_EQ(response->headers[2], (HttpHeader{"X-MS-A", "second"}));
}

TEST(HttpAnswer, NoSinkThenBodyIsInTheResponse) {
  const std::string content("a\0b", 3);
  const auto response = AnswerOf(Answering({.body = content}));
  ASSERT_OK(response);
  EXPECT_EQ(response->body, content);
  EXPECT_EQ(response->body_bytes, 3U);
}

TEST(HttpAnswer, SinkThenBodyIsThere) {
  const std::string content(3 << 20, 'x');
  std::string sunk;
  const auto response = AnswerOf(Answering({.status = 206, .body = content}), {.sink = Into(sunk)});
  ASSERT_OK(response);
  EXPECT_TRUE(sunk == content);
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(response->body_bytes, content.size());
}

TEST(HttpAnswer, FailureWithASinkThenBodyIsInTheResponse) {
  std::string sunk;
  const auto response =
      AnswerOf(Answering({.status = 404, .body = "<Error/>"}), {.sink = Into(sunk)});
  ASSERT_OK(response);
  EXPECT_EQ(sunk, "");
  EXPECT_EQ(response->body, "<Error/>");
}

TEST(HttpAnswer, SinkFailsThenTheTransferStopsWithItsError) {
  Gate gate;
  int calls = 0;
  const auto response = AnswerOf(
      [&](HttpConnection& client) {
        client.AnswerHead(200, {{"Content-Length", "1000000"}});
        client.Send("abc");
        gate.Pass(client.stop());  // the rest never comes
      },
      {.sink = [&](ByteSpan) -> Status {
        ++calls;
        return Error{ErrorCode::kNoSpace, "disk full"};
      }});
  EXPECT_CODE(kNoSpace, response);
  EXPECT_THAT(response.error().message, HasSubstr("disk full"));
  EXPECT_EQ(calls, 1);
}

TEST(HttpAnswer, RefusedBeforeTheBodyIsReadThenIsTheAnswer) {
  const std::string content(16 << 20, 'x');
  const auto response = AnswerOf(
      [](HttpConnection& client) {
        client.Send("HTTP/1.1 403 Forbidden\r\nContent-Length: 8\r\n\r\n<Error/>");
        client.Close();
      },
      {.method = "PUT", .body = AsBytes(content)});
  ASSERT_OK(response);
  EXPECT_EQ(response->status, 403);
  EXPECT_EQ(response->body, "<Error/>");
}

TEST(HttpAnswer, ChunksThenAreJoined) {
  const auto response = AnswerOf([](HttpConnection& client) {
    client.AnswerHead(200, {{"Transfer-Encoding", "chunked"}});
    for (const char* piece : {"one ", "two ", "three", ""}) client.SendChunk(piece);
  });
  ASSERT_OK(response);
  EXPECT_EQ(response->body, "one two three");
}

TEST(HttpAnswer, HeadThenLengthWithoutABody) {
  const auto response = AnswerOf(Answering({.body = std::string(1000, 'x')}), {.method = "HEAD"});
  ASSERT_OK(response);
  EXPECT_EQ(response->Header("Content-Length"), "1000");
  EXPECT_EQ(response->body_bytes, 0U);
}

TEST(HttpAnswer, NoLengthThenBodyEndsWithTheConnection) {
  const auto response = AnswerOf([](HttpConnection& client) {
    client.AnswerHead(200, {});
    client.Send("until the end");
    client.Close();
  });
  ASSERT_OK(response);
  EXPECT_EQ(response->body, "until the end");
}

TEST(HttpAnswer, InterimAnswerThenOnlyTheFinalOneIsSeen) {
  const auto response = AnswerOf([](HttpConnection& client) {
    client.AnswerHead(103, {{"Link", "</a>"}});
    client.Answer({.status = 201, .headers = {{"x-final", "1"}}});
  });
  ASSERT_OK(response);
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->Header("Link"), std::nullopt);
}

TEST(HttpAnswer, MoreThanTheLimitThenTooLarge) {
  const std::string content(1000, 'x');
  EXPECT_CODE(kTooLarge, AnswerOf(Answering({.body = content}), {.body_max_bytes = 999}));
  EXPECT_OK(AnswerOf(Answering({.body = content}), {.body_max_bytes = 1000}));
  EXPECT_CODE(kTooLarge, AnswerOf(
                             [&](HttpConnection& client) {
                               client.AnswerHead(500, {{"Transfer-Encoding", "chunked"}});
                               for (int i = 0; i < 3; ++i) client.SendChunk(content);
                               client.SendChunk("");
                             },
                             {.body_max_bytes = 2500}));
}

TEST(HttpAnswer, EndsBeforeItsLengthThenUnavailable) {
  const auto response = AnswerOf([](HttpConnection& client) {
    client.AnswerHead(200, {{"Content-Length", "10"}});
    client.Send("12345");
    client.Close();
  });
  EXPECT_CODE(kUnavailable, response);
  EXPECT_THAT(response.error().message, HasSubstr("GET to 127.0.0.1:"));
  EXPECT_THAT(response.error().message, HasSubstr("ended early"));
}

TEST(HttpAnswer, EndsAmongItsChunksThenUnavailable) {
  EXPECT_CODE(kUnavailable, AnswerOf([](HttpConnection& client) {
                client.AnswerHead(200, {{"Transfer-Encoding", "chunked"}});
                client.SendChunk("12345");
                client.Close();
              }));
}

TEST(HttpAnswer, EndsWithinItsHeadThenUnavailable) {
  for (const char* part : {"HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nETag: 1\r\nContent-Le"}) {
    EXPECT_CODE(kUnavailable, AnswerOf([&](HttpConnection& client) {
                  client.Send(part);
                  client.Close();
                }));
  }
}

TEST(HttpAnswer, NoneThenUnavailable) {
  EXPECT_CODE(kUnavailable, AnswerOf([](HttpConnection& client) { client.Close(); }));
}

TEST(HttpAnswer, ResetThenUnavailable) {
  EXPECT_CODE(kUnavailable, AnswerOf([](HttpConnection& client) { client.Reset(); }));
  EXPECT_CODE(kUnavailable, AnswerOf([](HttpConnection& client) {
                client.AnswerHead(200, {{"Content-Length", "10"}});
                client.Send("12345");
                client.Reset();
              }));
}

TEST(HttpAnswer, ResetWhileTheBodyIsSentThenUnavailable) {
  const std::string content(16 << 20, 'x');
  EXPECT_CODE(kUnavailable, AnswerOf(
                                [](HttpConnection& client) {
                                  std::byte some[1000];
                                  client.ReadSome(some);
                                  client.Reset();
                                },
                                {.method = "PUT", .body = AsBytes(content)}));
}

TEST(HttpAnswer, NotHttpThenUnavailable) {
  EXPECT_CODE(kUnavailable, AnswerOf([](HttpConnection& client) {
                client.Send("SSH-2.0-OpenSSH_9.2\r\n");
                client.Close();
              }));
}

}  // namespace
}  // namespace replicafs
