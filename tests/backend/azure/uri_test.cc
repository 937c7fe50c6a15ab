#include "backend/azure/uri.h"

#include <gtest/gtest.h>

#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

TEST(Uri, ReservedCharactersThenEncoded) {
  EXPECT_EQ(EncodePath("dir/a b#\xC3\xA9?.txt"), "dir/a%20b%23%C3%A9%3F.txt");
  EXPECT_EQ(EncodePath("../a+b~c/"), "../a%2Bb~c/");
  EXPECT_EQ(EncodeQuery("a/b+c=d&e"), "a%2Fb%2Bc%3Dd%26e");
}

TEST(Uri, EveryByteThenDecodedAgain) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(Decode(EncodeQuery(all)), all);
  EXPECT_EQ(Decode(EncodePath(all)), all);
}

TEST(Uri, BrokenEncodingThenNone) {
  for (const char* text : {"%", "%4", "a%zz", "%%41"}) EXPECT_EQ(Decode(text), std::nullopt);
  EXPECT_EQ(Decode("a+b"), "a+b");
}

TEST(Uri, QueriesThenTheirParameters) {
  const Query query{{"comp", "block"}, {"blockid", "a+/="}, {"empty", ""}};
  EXPECT_EQ(ToString(query), "comp=block&blockid=a%2B%2F%3D&empty=");
  EXPECT_EQ(ParseQuery("?" + ToString(query)), query);
  EXPECT_EQ(ParseQuery("a&&b=c=d"), (Query{{"a", ""}, {"b", "c=d"}}));
  EXPECT_EQ(ParseQuery(""), Query{});
}

TEST(Uri, QueryPutBehindAUrlThenWithTheRightSign) {
  std::string url = "https://h/p";
  AppendQuery(url, "");
  EXPECT_EQ(url, "https://h/p");
  AppendQuery(url, "?a=1");
  AppendQuery(url, "b=2");
  EXPECT_EQ(url, "https://h/p?a=1&b=2");
}

TEST(Uri, UrlsThenTheirParts) {
  const UrlParts parts = Must(SplitUrl("HTTPS://Host.example:8443/a%20b?x=1"));
  EXPECT_EQ(parts.scheme, "https");
  EXPECT_EQ(parts.authority, "Host.example:8443");
  EXPECT_EQ(parts.host, "host.example");
  EXPECT_EQ(parts.path, "/a%20b");
  EXPECT_EQ(parts.query, "x=1");
  EXPECT_EQ(Must(SplitUrl("http://[::1]:80")).host, "::1");
}

TEST(Uri, NoUrlsThenInvalidWithoutTheirQuery) {
  for (const char* url :
       {"", "host/path", "://host", "https://", "https://user@host/", "https://h:x/",
        "https://h:99999/", "https://[::1", "https://h/#f", "https:// h/"}) {
    EXPECT_CODE(kInvalid, SplitUrl(url)) << url;
  }
  const auto result = SplitUrl("https://user@host/?sig=hidden");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message.find("hidden"), std::string::npos);
}

TEST(Uri, HostsOfThisMachineThenLoopback) {
  for (const char* host : {"127.0.0.1", "127.1.2.3", "::1", "localhost", "a.blob.localhost"})
    EXPECT_TRUE(IsLoopback(host)) << host;
  for (const char* host : {"127.0.0.1.example.com", "10.0.0.1", "localhost.example.com", ""})
    EXPECT_FALSE(IsLoopback(host)) << host;
}

}  // namespace
}  // namespace replicafs::azure
