// Calls that are ended from this side.
#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>
#include <string>

#include "tests/backend/http/http_fixture.h"

namespace replicafs {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

// Answers a part, then waits; but "/first" at once.
HttpHandler Stalling(Gate& gate) {
  return [&gate](HttpConnection& client) {
    if (client.request().path() == "/first") return client.Answer({});
    if (client.request().path() == "/body") {
      client.AnswerHead(200, {{"Content-Length", "10"}});
      client.Send("12345");
    }
    gate.Pass(client.stop());
  };
}

TEST(HttpCancel, BeforeTheCallThenNothingIsSent) {
  HttpServer server(AnswerOk());
  const auto client = MakeClient();
  std::stop_source stop;
  stop.request_stop();

  EXPECT_CODE(kCancelled, client->Send({.url = server.Url("/"), .stop = stop.get_token()}));

  EXPECT_EQ(server.connections(), 0U);
}

TEST(HttpCancel, WhileItWaitsForAConnectionThenReturnsAtOnce) {
  Gate gate;
  HttpServer server(Stalling(gate));
  const auto client = MakeClient({.connections_max = 1});
  std::stop_source stop_first;
  std::stop_source stop_second;
  auto first = SendAside(*client, {.url = server.Url("/"), .stop = stop_first.get_token()});
  gate.AwaitCallers();
  auto second = SendAside(*client, {.url = server.Url("/"), .stop = stop_second.get_token()});

  stop_second.request_stop();

  EXPECT_CODE(kCancelled, Promptly(second));
  stop_first.request_stop();
  EXPECT_CODE(kCancelled, Promptly(first));
}

TEST(HttpCancel, WhileItWaitsForTheAnswerThenReturnsAtOnce) {
  Gate gate;
  HttpServer server(Stalling(gate));
  const auto client = MakeClient();
  // Often, because the call may not have fallen asleep yet; on a kept connection, because libcurl
  // has no timer there that would wake it as well.
  for (size_t round = 1; round <= 50; ++round) {
    EXPECT_OK(client->Send({.url = server.Url("/first")}));
    std::stop_source stop;
    auto call = SendAside(*client, {.url = server.Url("/"), .stop = stop.get_token()});
    gate.AwaitCallers(round);

    stop.request_stop();

    const auto response = Promptly(call);
    ASSERT_FALSE(HasFailure());
    ASSERT_TRUE(FailedWith(ErrorCode::kCancelled, response));
    EXPECT_THAT(response.error().message, HasSubstr("GET to 127.0.0.1:"));
  }
}

TEST(HttpCancel, WithinTheAnswersBodyThenReturnsAtOnce) {
  Gate gate;
  Gate begun;
  HttpServer server(Stalling(gate));
  const auto client = MakeClient();
  std::stop_source stop;
  auto call = SendAside(*client, {.url = server.Url("/body"),
                                  .sink =
                                      [&](ByteSpan) {
                                        begun.Open();
                                        return Ok();
                                      },
                                  .stop = stop.get_token()});
  begun.Pass();

  stop.request_stop();

  EXPECT_CODE(kCancelled, Promptly(call));
}

TEST(HttpCancel, WithinTheRequestsBodyThenReturnsAtOnceAndTheNextCallIsWell) {
  Gate gate;
  HttpServer server([&](HttpConnection& client) {
    if (client.request().path() == "/stuck") gate.Pass(client.stop());
    client.Answer({});
  });
  const auto client = MakeClient({.connections_max = 1});
  const std::string content(64 << 20, 'x');  // more than the sockets hold
  std::stop_source stop;
  auto call = SendAside(*client, {.method = "PUT",
                                  .url = server.Url("/stuck"),
                                  .body = AsBytes(content),
                                  .stop = stop.get_token()});
  gate.AwaitCallers();

  stop.request_stop();

  EXPECT_CODE(kCancelled, Promptly(call));
  EXPECT_OK(client->Send({.url = server.Url("/")}));
  EXPECT_EQ(server.connections(), 2U);
}

// A server that speaks no TLS, nor anything else.
TEST(HttpCancel, WhileItConnectsThenReturnsAtOnce) {
  HttpServer server(AnswerOk());
  const auto client = MakeClient();
  std::stop_source stop;
  auto call =
      SendAside(*client, {.url = "https" + server.Url("/").substr(4), .stop = stop.get_token()});
  while (server.connections() == 0) std::this_thread::yield();

  stop.request_stop();

  EXPECT_CODE(kCancelled, Promptly(call));
}

TEST(HttpTimeout, NoAnswerThenTimeout) {
  Gate gate;
  HttpServer server(Stalling(gate));
  const auto client = MakeClient();

  const auto response = client->Send({.url = server.Url("/"), .timeout = milliseconds(100)});

  EXPECT_CODE(kTimeout, response);
  EXPECT_THAT(response.error().message, HasSubstr("100 ms"));
}

TEST(HttpTimeout, AnswerThatGoesOnForeverThenTimeout) {
  HttpServer server([](HttpConnection& client) {
    client.AnswerHead(200, {{"Transfer-Encoding", "chunked"}});
    while (client.is_open()) client.SendChunk("more");
  });
  const auto client = MakeClient({.stall_timeout = milliseconds(20'000)});
  EXPECT_CODE(kTimeout, client->Send({.url = server.Url("/"),
                                      .sink = [](ByteSpan) { return Ok(); },
                                      .timeout = milliseconds(200)}));
}

TEST(HttpTimeout, NoByteOfTheAnswerThenStalled) {
  Gate gate;
  HttpServer server(Stalling(gate));
  const auto client = MakeClient({.stall_timeout = milliseconds(100)});
  for (const char* target : {"/", "/body"}) {
    const auto response = client->Send({.url = server.Url(target)});
    EXPECT_CODE(kTimeout, response);
    EXPECT_THAT(response.error().message, HasSubstr("not a byte"));
  }
}

TEST(HttpTimeout, BodyIsNotTakenThenStalled) {
  Gate gate;
  HttpServer server(Stalling(gate));
  const auto client = MakeClient({.stall_timeout = milliseconds(100)});
  const std::string content(64 << 20, 'x');
  EXPECT_CODE(kTimeout,
              client->Send({.method = "PUT", .url = server.Url("/"), .body = AsBytes(content)}));
}

TEST(HttpTimeout, ByteAfterByteThenNotStalled) {
  HttpServer server([&](HttpConnection& client) {
    client.AnswerHead(200, {{"Content-Length", "20"}});
    for (int i = 0; i < 20; ++i) {
      std::this_thread::sleep_for(milliseconds(50));
      client.Send("x");
    }
  });
  const auto client = MakeClient({.stall_timeout = milliseconds(600)});
  EXPECT_OK(client->Send({.url = server.Url("/")}));
}

TEST(HttpTimeout, SlowSinkThenNotStalled) {
  HttpServer server([](HttpConnection& client) { client.Answer({.body = "answer"}); });
  const auto client = MakeClient({.stall_timeout = milliseconds(200)});
  EXPECT_OK(client->Send({.url = server.Url("/"), .sink = [](ByteSpan) {
                            std::this_thread::sleep_for(milliseconds(300));
                            return Ok();
                          }}));
}

TEST(HttpTimeout, HandshakeIsNotAnsweredThenTimeout) {
  HttpServer server(AnswerOk());
  const auto client = MakeClient({.connect_timeout = milliseconds(100)});

  const auto response = client->Send({.url = "https" + server.Url("/").substr(4)});

  EXPECT_CODE(kTimeout, response);
  EXPECT_THAT(response.error().message, HasSubstr("not connected within 100 ms"));
}

}  // namespace
}  // namespace replicafs
