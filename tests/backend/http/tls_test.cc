#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/backend/http/http_fixture.h"
#include "tests/support/tls_front.h"

namespace replicafs {
namespace {

using ::testing::HasSubstr;

class HttpTls : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto missing = TestCertificate::Missing()) GTEST_SKIP() << *missing;
    certificate_.emplace();
    front_.emplace(*certificate_, server_.port());
  }

  std::optional<TestCertificate> certificate_;
  HttpServer server_{[](HttpConnection& client) {
    if (client.request().path() == "/reset") return client.Reset();
    client.Answer({.body = client.ReadBody()});
  }};
  std::optional<TlsFront> front_;
};

TEST_F(HttpTls, UnknownAuthorityThenUnauthenticatedAndNothingIsSent) {
  const auto client = MakeClient();

  const auto response = client->Send({.url = front_->Url("/")});

  EXPECT_CODE(kUnauthenticated, response);
  EXPECT_THAT(response.error().message, HasSubstr("ca_file"));
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(HttpTls, AuthorityInCaFileThenBodiesGoBothWaysOnOneConnection) {
  const auto client = MakeClient({.ca_file = certificate_->file()});
  const std::string content(3 << 20, 'x');

  for (int i = 0; i < 3; ++i) {
    const auto response =
        client->Send({.method = "PUT", .url = front_->Url("/"), .body = AsBytes(content)});
    ASSERT_OK(response);
    EXPECT_TRUE(response->body == content);
  }

  EXPECT_EQ(server_.connections(), 1U);
}

TEST_F(HttpTls, AuthorityInCaDirectoryThenTrusted) {
  const auto client = MakeClient({.ca_directory = certificate_->ca_directory()});
  EXPECT_OK(client->Send({.url = front_->Url("/")}));
}

TEST_F(HttpTls, OtherAuthoritiesInCaFileThenUnauthenticated) {
  const TestCertificate other;
  const auto client = MakeClient({.ca_file = other.file()});
  EXPECT_CODE(kUnauthenticated, client->Send({.url = front_->Url("/")}));
}

TEST_F(HttpTls, CertificateOfAnotherNameThenUnauthenticated) {
  const auto client = MakeClient({.ca_file = certificate_->file()});

  const auto response = client->Send({.url = front_->Url("/", "localhost")});

  EXPECT_CODE(kUnauthenticated, response);
  EXPECT_THAT(response.error().message, HasSubstr("another server's"));
}

TEST_F(HttpTls, ResetWhileTheBodyIsSentThenUnavailable) {
  const auto client = MakeClient({.ca_file = certificate_->file()});
  const std::string content(16 << 20, 'x');
  EXPECT_CODE(
      kUnavailable,
      client->Send({.method = "PUT", .url = front_->Url("/reset"), .body = AsBytes(content)}));
}

TEST_F(HttpTls, ServerWithoutTlsThenUnavailable) {
  HttpServer plain([](HttpConnection&) {});
  const auto client = MakeClient({.connect_timeout = std::chrono::milliseconds(20'000)});
  auto call = SendAside(*client, {.url = "https" + plain.Url("/").substr(4)});
  while (plain.connections() == 0) std::this_thread::yield();

  plain.CloseConnections();

  EXPECT_CODE(kUnavailable, call.get());
}

}  // namespace
}  // namespace replicafs
