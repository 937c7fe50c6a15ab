#include "backend/azure/endpoint.h"

#include <gtest/gtest.h>

#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

TEST(Endpoint, AccountInThePathThenUrlsBelowIt) {
  const Endpoint endpoint = Must(Endpoint::Parse("http://127.0.0.1:10000/devstoreaccount1/"));
  EXPECT_EQ(endpoint.account(), "devstoreaccount1");
  EXPECT_EQ(endpoint.ServiceUrl(), "http://127.0.0.1:10000/devstoreaccount1/");
  EXPECT_EQ(endpoint.ContainerUrl("$root"), "http://127.0.0.1:10000/devstoreaccount1/%24root");
  EXPECT_EQ(endpoint.BlobUrl("c", "a b/\xC3\xA9"),
            "http://127.0.0.1:10000/devstoreaccount1/c/a%20b/%C3%A9");
  EXPECT_FALSE(endpoint.is_exposed());
}

TEST(Endpoint, AccountInTheHostThenUrlsAtItsRoot) {
  const Endpoint endpoint = Must(Endpoint::Parse("https://photos1.blob.core.windows.net"));
  EXPECT_EQ(endpoint.account(), "photos1");
  EXPECT_EQ(endpoint.ServiceUrl(), "https://photos1.blob.core.windows.net/");
  EXPECT_EQ(endpoint.BlobUrl("c", "a"), "https://photos1.blob.core.windows.net/c/a");
  EXPECT_FALSE(endpoint.is_exposed());
  EXPECT_EQ(Must(Endpoint::Parse("http://photos1.blob.localhost:10000")).account(), "photos1");
}

TEST(Endpoint, NameOfAnAccountThenAzuresUrl) {
  EXPECT_EQ(Must(Endpoint::OfAccount("photos1")).ServiceUrl(),
            "https://photos1.blob.core.windows.net/");
  EXPECT_EQ(Must(Endpoint::OfAccount("photos1", "core.chinacloudapi.cn")).ServiceUrl(),
            "https://photos1.blob.core.chinacloudapi.cn/");
  EXPECT_CODE(kInvalid, Endpoint::OfAccount("No Account"));
}

TEST(Endpoint, DomainOfOnesOwnThenItTakesTheAccount) {
  EXPECT_EQ(Must(Endpoint::Parse("https://blobs.example.com", "photos1")).account(), "photos1");
  EXPECT_CODE(kInvalid, Endpoint::Parse("https://192.0.2.1"));
}

TEST(Endpoint, NoTlsThenExposedUnlessOnThisMachine) {
  EXPECT_TRUE(Must(Endpoint::Parse("http://photos1.blob.core.windows.net")).is_exposed());
  EXPECT_FALSE(Must(Endpoint::Parse("http://localhost:1/photos1")).is_exposed());
}

TEST(Endpoint, WhatCannotBeOneThenInvalidWithTheReason) {
  struct Case {
    std::string_view url;
    std::string_view account;
    std::string_view reason;
  };
  for (const Case& c : {
           Case{"photos1", "", "no scheme"},
           Case{"ftp://photos1.blob.core.windows.net", "", "https://"},
           Case{"https://photos1.blob.core.windows.net/?sv=1&sig=hidden", "", "apart"},
           Case{"https://photos1.dfs.core.windows.net", "", "'dfs'"},
           Case{"https://photos1.blob.core.windows.net", "other", "'photos1', not of 'other'"},
           Case{"http://127.0.0.1:1/photos1", "other", "'photos1', not of 'other'"},
           Case{"http://127.0.0.1:1/photos1/container", "", "longer"},
           Case{"http://127.0.0.1:1/", "", "says no account"},
           Case{"https://photos1-secondary.blob.core.windows.net", "", "secondary"},
           Case{"https://Photos_1.example.com", "", "account name"},
       }) {
    const auto result = Endpoint::Parse(c.url, c.account);
    EXPECT_CODE(kInvalid, result) << c.url;
    if (result) continue;
    EXPECT_NE(result.error().message.find(c.reason), std::string::npos) << result.error().message;
    EXPECT_EQ(result.error().message.find("hidden"), std::string::npos);
  }
}

}  // namespace
}  // namespace replicafs::azure
