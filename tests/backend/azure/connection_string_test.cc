#include "backend/azure/connection_string.h"

#include <gtest/gtest.h>

#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

TEST(ConnectionString, KeyWithEqualsSignsThenWhole) {
  const auto connection = Must(ParseConnectionString(
      "DefaultEndpointsProtocol=https;AccountName=photos1;AccountKey=c2VjcmV0IQ==;"
      "EndpointSuffix=core.windows.net"));
  EXPECT_EQ(connection.endpoint.ServiceUrl(), "https://photos1.blob.core.windows.net/");
  ASSERT_TRUE(connection.key);
  EXPECT_EQ(connection.key->account, "photos1");
  EXPECT_EQ(connection.key->key.Reveal(), "secret!");
  EXPECT_FALSE(connection.sas);
}

TEST(ConnectionString, EndpointAndSignatureThenThose) {
  const auto connection = Must(ParseConnectionString(
      "BlobEndpoint=https://photos1.blob.core.windows.net/;QueueEndpoint=https://x/;"
      "SharedAccessSignature=sv=2022-11-02&se=2030-01-01&sig=a%3D"));
  EXPECT_EQ(connection.endpoint.account(), "photos1");
  ASSERT_TRUE(connection.sas);
  EXPECT_EQ(connection.sas->Reveal(), "sv=2022-11-02&se=2030-01-01&sig=a%3D");
  EXPECT_FALSE(connection.key);
}

TEST(ConnectionString, DevelopmentStorageThenTheEmulator) {
  const auto connection = Must(ParseConnectionString("UseDevelopmentStorage=true"));
  EXPECT_EQ(connection.endpoint.ServiceUrl(), "http://127.0.0.1:10000/devstoreaccount1/");
  EXPECT_TRUE(connection.key);
}

TEST(ConnectionString, NamesInAnyCaseAndSpacesThenRead) {
  const auto connection =
      Must(ParseConnectionString(" accountname = photos1 ; ACCOUNTKEY=c2VjcmV0IQ== ;;"));
  EXPECT_EQ(connection.endpoint.account(), "photos1");
  EXPECT_TRUE(connection.key);
}

TEST(ConnectionString, WhatCannotBeOneThenInvalidWithoutSecrets) {
  for (const char* text : {
           "",
           ";",
           "hidden",
           "AccountKey=hidden",
           "AccountName=photos1;AccountKey=hidden!",
           "AccountName=photos1;AccountKey=aGlkZGVu;AccountKey=aGlkZGVu",
           "AccountName=photos1;SharedAccessSignature=sv=hidden",
           "AccountName=photos1;AccountKey=aGlkZGVu;SharedAccessSignature=se=2030-01-01&sig=hidden",
           "AccountName=No;AccountKey=aGlkZGVu",
           "DefaultEndpointsProtocol=ftp;AccountName=photos1;AccountKey=aGlkZGVu",
       }) {
    const auto result = ParseConnectionString(text);
    EXPECT_CODE(kInvalid, result) << text;
    if (result) continue;
    EXPECT_EQ(result.error().message.find("hidden"), std::string::npos) << result.error().message;
    EXPECT_EQ(result.error().message.find("aGlkZGVu"), std::string::npos);
  }
}

}  // namespace
}  // namespace replicafs::azure
