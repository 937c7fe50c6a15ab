#include "backend/azure/sas.h"

#include <gtest/gtest.h>

#include "backend/azure/uri.h"
#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

const Timestamp kStart = *ParseTimestamp("2026-11-20T20:00:00Z");
const Timestamp kExpiry = *ParseTimestamp("2026-11-21T20:31:07.1234567Z");

AccountKey Key() {
  return Must(ParseAccountKey("photos1", "SmVmZQ=="));
}

TEST(Sas, AccountThenTheQueryOfItsStringToSign) {
  AccountSas sas;
  sas.permissions = "rwl";
  sas.expiry = kExpiry;
  const std::string signature =
      Sign(Key(), "photos1\nrwl\nb\nsco\n\n2026-11-21T20:31:07Z\n\nhttps,http\n2022-11-02\n\n");
  EXPECT_EQ(MakeSas(Key(), sas).Reveal(),
            "sv=2022-11-02&ss=b&srt=sco&sp=rwl&se=2026-11-21T20%3A31%3A07Z&spr=https%2Chttp&sig=" +
                EncodeQuery(signature));
}

TEST(Sas, VersionOfABlobThenTheQueryOfItsStringToSign) {
  ServiceSas sas;
  sas.container = "c";
  sas.name = "a b";
  sas.version_id = "2020-03-19T06:23:15.1569236Z";
  sas.start = kStart;
  sas.expiry = kExpiry;
  sas.tls_only = true;
  const std::string signature =
      Sign(Key(),
           "r\n2026-11-20T20:00:00Z\n2026-11-21T20:31:07Z\n/blob/photos1/c/a b\n\n\nhttps\n"
           "2022-11-02\nbv\n2020-03-19T06:23:15.1569236Z\n\n\n\n\n\n");
  EXPECT_EQ(MakeSas(Key(), sas).Reveal(),
            "sv=2022-11-02&sr=bv&sp=r&st=2026-11-20T20%3A00%3A00Z&se=2026-11-21T20%3A31%3A07Z&"
            "spr=https&sig=" +
                EncodeQuery(signature));
}

TEST(Sas, TokensOfPeopleThenWhole) {
  EXPECT_EQ(Must(ParseSasToken(" ?se=2030-01-01&sig=a%3D ")).Reveal(), "se=2030-01-01&sig=a%3D");
  EXPECT_OK(ParseSasToken("si=policy&sig=x"));
  for (const char* token : {"", "?", "sig=hidden", "se=2030-01-01&sig=", "hidden"}) {
    const auto result = ParseSasToken(token);
    EXPECT_CODE(kInvalid, result);
    EXPECT_EQ(result.error().message.find("hidden"), std::string::npos);
  }
}

TEST(Sas, EndsInEachFormThenRead) {
  const auto expiry = [](std::string_view text) { return SasExpiry(Secret(std::string(text))); };
  EXPECT_EQ(expiry("se=2026-11-20T20%3A00%3A00Z&sig=x"), kStart);
  EXPECT_EQ(expiry("se=2026-11-20T20:00Z&sig=x"), kStart);
  EXPECT_EQ(expiry("se=2026-11-20&sig=x"), ParseTimestamp("2026-11-20T00:00:00Z"));
  EXPECT_EQ(expiry("se=soon&sig=x"), std::nullopt);
  EXPECT_EQ(expiry("si=policy&sig=x"), std::nullopt);
}

TEST(Sas, WhetherContainersMayBeListedIsInItsFields) {
  const auto lists = [](std::string_view text) {
    return AllowsListingContainers(Secret(std::string(text)));
  };
  EXPECT_TRUE(lists("sp=rwdl&srt=sco&sig=x"));
  EXPECT_FALSE(lists("sp=rwd&srt=sco&sig=x"));
  EXPECT_FALSE(lists("sp=rwdl&srt=co&sig=x"));
  EXPECT_FALSE(lists("sp=rwdl&sr=c&sig=x"));
}

TEST(Sas, TextThatRepeatsUrlsThenWithoutTheirSignatures) {
  EXPECT_EQ(WithoutSignatures("GET 'https://h/?a=1&sig=abc%3D&b=2' and sig=x"),
            "GET 'https://h/?a=1&sig=…&b=2' and sig=…");
  EXPECT_EQ(WithoutSignatures("nothing"), "nothing");
}

}  // namespace
}  // namespace replicafs::azure
