#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "tests/backend/http/http_fixture.h"
#include "tests/support/temp_directory.h"

namespace replicafs {
namespace {

using ::testing::HasSubstr;

TEST(HttpConnections, OneRequestAfterAnotherThenOneConnection) {
  HttpServer server([](HttpConnection& client) { client.Answer({.body = "answer"}); });
  const auto client = MakeClient();
  const std::string content(100'000, 'x');

  for (int i = 0; i < 20; ++i) {
    EXPECT_OK(client->Send({.url = server.Url("/")}));
    EXPECT_OK(client->Send({.method = "HEAD", .url = server.Url("/")}));
    EXPECT_OK(client->Send({.method = "PUT", .url = server.Url("/"), .body = AsBytes(content)}));
    EXPECT_OK(client->Send({.method = "DELETE", .url = server.Url("/")}));
  }

  EXPECT_EQ(server.requests().size(), 80U);
  EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpConnections, ServerClosesWithItsAnswerThenTheNextRequestHasANewOne) {
  HttpServer server([](HttpConnection& client) {
    client.Answer({.headers = {{"Connection", "close"}}, .body = "answer"});
    client.Close();
  });
  const auto client = MakeClient();

  for (int i = 0; i < 5; ++i) {
    const auto response = client->Send({.url = server.Url("/")});
    ASSERT_OK(response);
    EXPECT_FALSE(response->sent_again);
  }

  EXPECT_EQ(server.connections(), 5U);
}

TEST(HttpConnections, IdleOneWasClosedThenTheRequestSucceeds) {
  HttpServer server(AnswerOk());
  const auto client = MakeClient();
  EXPECT_OK(client->Send({.url = server.Url("/")}));
  server.CloseConnections();
  const std::string content = "content";

  const auto response =
      client->Send({.method = "PUT", .url = server.Url("/"), .body = AsBytes(content)});

  ASSERT_OK(response);
  EXPECT_FALSE(response->sent_again);
  EXPECT_EQ(server.connections(), 2U);
}

TEST(HttpConnections, IdleForItsTimeThenIsNotUsedAgain) {
  constexpr std::chrono::seconds kAge{1};
  HttpServer server(AnswerOk());
  const auto client = MakeClient({.idle_connection_max_age = kAge});
  EXPECT_OK(client->Send({.url = server.Url("/")}));
  EXPECT_OK(client->Send({.url = server.Url("/")}));
  EXPECT_EQ(server.connections(), 1U);

  std::this_thread::sleep_for(kAge);  // what is tested is time

  EXPECT_OK(client->Send({.url = server.Url("/")}));
  EXPECT_EQ(server.connections(), 2U);
}

// A server that has just decided to end an idle connection when the next request is on its way.
class KeptConnectionEnds : public ::testing::TestWithParam<size_t> {};

TEST_P(KeptConnectionEnds, AsItIsUsedThenTheBodyIsSentFromItsBeginningOnANewOne) {
  HttpServer server([](HttpConnection& client) {
    if (client.request().connection == 0 && client.request().method == "PUT") return client.Reset();
    client.ReadBody();
    client.Answer({});
  });
  const auto client = MakeClient();
  EXPECT_OK(client->Send({.url = server.Url("/")}));
  std::string content(GetParam(), 'x');
  for (size_t i = 0; i < content.size(); i += 1000) content[i] = static_cast<char>('a' + i % 26);

  const auto response =
      client->Send({.method = "PUT", .url = server.Url("/"), .body = AsBytes(content)});

  ASSERT_OK(response);
  EXPECT_TRUE(response->sent_again);
  EXPECT_TRUE(server.requests().back().body == content);
  EXPECT_EQ(server.connections(), 2U);
}
INSTANTIATE_TEST_SUITE_P(Bodies, KeptConnectionEnds, ::testing::Values(0, 1000, 16 << 20));

TEST(HttpConnections, KeptOneEndsAsTheBodyIsMadeThenItIsMadeAgainForANewOne) {
  Gate has_reset;
  HttpServer server([&](HttpConnection& client) {
    if (client.request().connection == 0 && client.request().method == "PUT") {
      client.Reset();
      return has_reset.Open();
    }
    client.ReadBody();
    client.Answer({});
  });
  const auto client = MakeClient();
  EXPECT_OK(client->Send({.url = server.Url("/")}));
  const HttpUpload upload{.size_bytes = 3, .read = [&](uint64_t offset, std::span<std::byte> into) {
                            has_reset.Pass();
                            into[0] = static_cast<std::byte>('a' + offset);
                            return Result<size_t>(1U);
                          }};

  const auto response = client->Send({.method = "PUT", .url = server.Url("/"), .body = upload});

  ASSERT_OK(response);
  EXPECT_TRUE(response->sent_again);
  EXPECT_EQ(server.requests().back().body, "abc");
}

TEST(HttpConnections, KeptOneEndsWithinItsAnswerThenNotSentAgain) {
  HttpServer server([](HttpConnection& client) {
    if (client.request().method == "GET") return client.Answer({});
    client.Send("HTTP/1.1 200 OK\r\n");
    client.Close();
  });
  const auto client = MakeClient();
  EXPECT_OK(client->Send({.url = server.Url("/")}));

  EXPECT_CODE(kUnavailable, client->Send({.method = "PUT", .url = server.Url("/")}));

  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(HttpConnections, NewOneEndsThenNotSentAgain) {
  HttpServer server([](HttpConnection& client) { client.Close(); });
  const auto client = MakeClient();

  EXPECT_CODE(kUnavailable, client->Send({.method = "PUT", .url = server.Url("/")}));

  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(HttpConnections, AllInUseThenTheNextCallerWaitsForOne) {
  Gate gate;
  HttpServer server([&](HttpConnection& client) {
    if (client.request().path() == "/held") gate.Pass(client.stop());
    client.Answer({});
  });
  const auto client = MakeClient({.connections_max = 2});
  auto first = SendAside(*client, {.url = server.Url("/held")});
  auto second = SendAside(*client, {.url = server.Url("/held")});
  gate.AwaitCallers(2);

  auto third = SendAside(*client, {.url = server.Url("/third")});
  EXPECT_CODE(kTimeout,
              client->Send({.url = server.Url("/"), .timeout = std::chrono::milliseconds(100)}));
  EXPECT_EQ(server.requests().size(), 2U);
  gate.Open();

  EXPECT_OK(first.get());
  EXPECT_OK(second.get());
  EXPECT_OK(third.get());
  EXPECT_EQ(server.connections(), 2U);
}

TEST(HttpConnections, ManyThreadsThenEachGetsItsOwnAnswer) {
  HttpServer server([](HttpConnection& client) {
    client.Answer({.body = client.request().target + client.ReadBody()});
  });
  const auto client = MakeClient({.connections_max = 4});

  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 50; ++i) {
        const std::string name = "/" + std::to_string(thread) + "." + std::to_string(i);
        const auto response =
            client->Send({.method = "PUT", .url = server.Url(name), .body = AsBytes(name)});
        ASSERT_OK(response);
        ASSERT_EQ(response->body, name + name);
      }
    });
  }
  threads.clear();

  EXPECT_EQ(server.requests().size(), 400U);
  EXPECT_LE(server.connections(), 4U);
}

TEST(HttpConnections, NobodyListensThenUnavailable) {
  const auto client = MakeClient();
  std::string url;
  {
    HttpServer server(AnswerOk());
    url = server.Url("/");
  }

  const auto response = client->Send({.method = "DELETE", .url = url});

  EXPECT_CODE(kUnavailable, response);
  EXPECT_THAT(response.error().message, HasSubstr("DELETE to 127.0.0.1:"));
  EXPECT_THAT(response.error().message, HasSubstr("Connection refused"));
}

TEST(HttpConnections, NameDoesNotResolveThenUnavailable) {
  const auto client = MakeClient();

  const auto response = client->Send({.url = "http://nonexistent.invalid/"});

  EXPECT_CODE(kUnavailable, response);
  EXPECT_THAT(response.error().message, HasSubstr("GET to nonexistent.invalid: the name does not"));
}

TEST(HttpConnections, ProxyThenItIsAskedForTheWholeUrl) {
  HttpServer proxy([](HttpConnection& client) { client.Answer({.body = "by the proxy"}); });
  const auto client = Must(CurlClient::Make({.proxy = proxy.Url("")}));

  const auto response = client->Send({.url = "http://nonexistent.invalid/a/../b?c"});

  ASSERT_OK(response);
  EXPECT_EQ(response->body, "by the proxy");
  EXPECT_EQ(proxy.requests().front().target, "http://nonexistent.invalid/a/../b?c");
}

TEST(HttpOptions, OutOfRangeThenInvalid) {
  EXPECT_CODE(kInvalid, CurlClient::Make({.connections_max = 0}));
  EXPECT_CODE(kInvalid, CurlClient::Make({.connect_timeout = std::chrono::milliseconds(0)}));
  EXPECT_CODE(kInvalid, CurlClient::Make({.stall_timeout = std::chrono::milliseconds(-1)}));
  EXPECT_CODE(kInvalid, CurlClient::Make({.idle_connection_max_age = std::chrono::seconds(0)}));
}

TEST(HttpOptions, MissingCaFileThenItIsNamed) {
  const TempDirectory directory;
  const auto client = CurlClient::Make({.ca_file = directory / "none.pem"});
  EXPECT_CODE(kNotFound, client);
  EXPECT_THAT(client.error().message, HasSubstr("none.pem"));
}

}  // namespace
}  // namespace replicafs
