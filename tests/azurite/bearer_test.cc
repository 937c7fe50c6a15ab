// Tokens of Microsoft Entra ID, over TLS.
#include <gtest/gtest.h>

#include <algorithm>

#include "backend/azure/bearer_credential.h"
#include "backend/azure/rest_blob_service.h"
#include "backend/base/clock.h"
#include "backend/http/curl_client.h"
#include "tests/support/azurite.h"
#include "tests/support/matchers.h"
#include "tests/support/tls_front.h"

namespace replicafs::azure {
namespace {

std::string Base64Url(std::string_view text) {
  std::string encoded =
      ToBase64(std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
  std::replace(encoded.begin(), encoded.end(), '+', '-');
  std::replace(encoded.begin(), encoded.end(), '/', '_');
  return encoded.substr(0, encoded.find('='));
}

// A token (RFC 7519) that ends in so many seconds, with a signature that nobody looks at.
std::string Token(int64_t lifetime_seconds) {
  const int64_t now = SystemClock().Now().ticks / Timestamp::kTicksPerSecond;
  const std::string claims =
      R"({"iss":"https://sts.windows.net/tenant/","aud":"https://storage.azure.com","iat":)" +
      std::to_string(now - 60) + R"(,"nbf":)" + std::to_string(now - 60) + R"(,"exp":)" +
      std::to_string(now + lifetime_seconds) + "}";
  return Base64Url(R"({"alg":"RS256","typ":"JWT"})") + "." + Base64Url(claims) + "." +
         Base64Url("signature");
}

// Gives a token that has ended, and after Renew one that is good.
class RenewedTokens final : public TokenSource {
 public:
  Result<Secret> Token() override {
    return Secret(azure::Token(renewals_.load() == 0 ? -30 : 3600));
  }
  Result<bool> Renew() override {
    ++renewals_;
    return true;
  }
  std::string Remedy() const override { return "log in again"; }
  int renewals() const { return renewals_; }

 private:
  std::atomic<int> renewals_{0};
};

TEST(Bearer, TokenThatHasEndedThenRenewedAndCopiesToo) {
  if (const auto missing = TestCertificate::Missing()) GTEST_SKIP() << *missing;
  const TestCertificate certificate;
  auto azurite = Azurite::WithTokens(certificate.file(), certificate.key_file());
  if (!azurite && azurite.error().code == ErrorCode::kNotFound)
    GTEST_SKIP() << azurite.error().message;
  ASSERT_OK(azurite);
  const AzuriteAccount account = (*azurite)->NextAccount();
  const auto http = Must(CurlClient::Make({.ca_file = certificate.file()}));
  RenewedTokens tokens;
  BearerCredential credential(tokens);
  RestBlobService service(*http, Must(Endpoint::Parse(account.path_url)), credential,
                          ServiceOptions{});
  ASSERT_OK(service.CreateContainer("photos", {}));
  EXPECT_EQ(tokens.renewals(), 1);
  const BlobAddress from{"photos", "from", {}, {}};
  ASSERT_OK(service.PutBlob(from, AsBytes("hello"), {}, {}));
  ASSERT_OK(service.Copy(from, {}, {"photos", "to", {}, {}}, std::nullopt, {}));
  const BlobAddress addresses[] = {from, {"photos", "to", {}, {}}};
  for (const Status& status : Must(service.DeleteBatch(addresses))) EXPECT_OK(status);
  EXPECT_EQ(tokens.renewals(), 1);
}

}  // namespace
}  // namespace replicafs::azure
