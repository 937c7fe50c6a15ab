#include "backend/azure/blob_headers.h"

#include <gtest/gtest.h>

#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

HttpResponse Answer(Headers more) {
  HttpResponse response;
  response.status = 200;
  response.headers = {{"Content-Length", "11"},
                      {"ETag", "\"0x1\""},
                      {"Last-Modified", "Thu, 19 Mar 2020 06:23:15 GMT"}};
  for (HttpHeader& header : more) response.headers.insert(response.headers.begin(), header);
  return response;
}

const BlobAddress kAddress{"c", "b", {}, {}};

TEST(BlobHeaders, CurrentVersionOfASourceThenAllItSays) {
  const RemoteBlob blob = Must(BlobFromHeaders(
      kAddress, Answer({{"x-ms-version-id", "2020-06-22T10:32:08.3617832Z"},
                        {"x-ms-is-current-version", "true"},
                        {"x-ms-creation-time", "Thu, 19 Mar 2020 06:23:14 GMT"},
                        {"Content-MD5", "sQqNsWTgdUEFt6mb5y4/5Q=="},
                        {"Content-Type", "text/plain"},
                        {"Cache-Control", "no-cache"},
                        {"X-Ms-Meta-Mode", "100644"},
                        {"x-ms-meta-u", "=?utf-8?B?w7w=?="},
                        {"x-ms-blob-type", "PageBlob"},
                        {"x-ms-access-tier", "Cool"},
                        {"x-ms-access-tier-inferred", "true"},
                        {"x-ms-archive-status", "rehydrate-pending-to-cool"},
                        {"x-ms-encryption-key-sha256", "a2V5"},
                        {"x-ms-legal-hold", "true"},
                        {"x-ms-immutability-policy-until-date", "Fri, 20 Nov 2026 20:21:37 GMT"},
                        {"x-ms-immutability-policy-mode", "Locked"},
                        {"x-ms-lease-state", "available"},
                        {"x-ms-or-003ca702_9a53f315", "Complete"},
                        {"x-ms-or-d685bc41_671e9447", "failed"}})));
  EXPECT_EQ(blob.name, "b");
  EXPECT_TRUE(blob.is_current);
  EXPECT_EQ(blob.size_bytes, 11U);
  EXPECT_EQ(blob.etag, "\"0x1\"");
  EXPECT_EQ(blob.created, *ParseTimestamp("2020-03-19T06:23:14Z"));
  EXPECT_EQ(ToBase64(*blob.content_md5), "sQqNsWTgdUEFt6mb5y4/5Q==");
  EXPECT_EQ(blob.headers,
            (ContentHeaders{.content_type = "text/plain", .cache_control = "no-cache"}));
  EXPECT_EQ(blob.metadata, (StringMap{{"mode", "100644"}, {"u", "ü"}}));
  EXPECT_EQ(blob.kind, BlobKind::kPage);
  EXPECT_EQ(blob.tier, Tier::kCool);
  EXPECT_TRUE(blob.tier_inferred);
  EXPECT_EQ(blob.archive_status, "rehydrate-pending-to-cool");
  EXPECT_EQ(blob.customer_key_sha256, "a2V5");
  EXPECT_TRUE(blob.legal_hold);
  EXPECT_EQ(blob.immutable_until, ParseTimestamp("2026-11-20T20:21:37Z"));
  EXPECT_EQ(blob.immutability_mode, "locked");
  EXPECT_EQ(blob.replication,
            (StringMap{{"003ca702_9a53f315", "complete"}, {"d685bc41_671e9447", "failed"}}));
  EXPECT_EQ(blob.replica_policy_id, "");
}

TEST(BlobHeaders, PreviousVersionAndSnapshotThenNotCurrent) {
  EXPECT_FALSE(Must(BlobFromHeaders(kAddress, Answer({{"x-ms-version-id", "2020"}}))).is_current);
  EXPECT_FALSE(Must(BlobFromHeaders({"c", "b", {}, "2020"}, Answer({}))).is_current);
  EXPECT_TRUE(Must(BlobFromHeaders(kAddress, Answer({}))).is_current);
}

TEST(BlobHeaders, ReplicaThenItsPolicy) {
  const RemoteBlob blob =
      Must(BlobFromHeaders(kAddress, Answer({{"x-ms-or-policy-id", "003ca702"}})));
  EXPECT_EQ(blob.replica_policy_id, "003ca702");
  EXPECT_TRUE(blob.replication.empty());
}

TEST(BlobHeaders, AnswerWithARangeThenWhatTheWholeBlobHas) {
  const RemoteBlob blob = Must(
      BlobFromHeaders(kAddress, Answer({{"Content-Range", "bytes 0-10/100"},
                                        {"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="},
                                        {"x-ms-blob-content-md5", "sQqNsWTgdUEFt6mb5y4/5Q=="}})));
  EXPECT_EQ(blob.size_bytes, 100U);
  EXPECT_EQ(ToBase64(*blob.content_md5), "sQqNsWTgdUEFt6mb5y4/5Q==");
}

TEST(BlobHeaders, WithoutWhatEveryBlobHasThenCorrupt) {
  EXPECT_CODE(kCorrupt, BlobFromHeaders(kAddress, Answer({{"Content-Length", "x"}})));
  EXPECT_CODE(kCorrupt, BlobFromHeaders(kAddress, Answer({{"ETag", ""}})));
  EXPECT_CODE(kCorrupt, BlobFromHeaders(kAddress, Answer({{"Last-Modified", "today"}})));
}

TEST(BlobHeaders, PropertiesThenHeadersOfAWrite) {
  WriteProperties properties;
  properties.headers = {.content_type = "text/plain", .content_language = "de"};
  properties.metadata = {{"mode", "100644"}, {"u", "ü"}};
  properties.tags = {{"a b", "c&d"}, {"e", "f"}};
  properties.tier = Tier::kCold;
  Headers headers;
  ASSERT_OK(AddProperties(properties, headers));
  AddConditions({.if_match = "\"0x1\"", .if_none_match = "*", .lease_id = "l"}, headers);
  EXPECT_EQ(headers, (Headers{{"x-ms-blob-content-type", "text/plain"},
                              {"x-ms-blob-content-language", "de"},
                              {"x-ms-meta-mode", "100644"},
                              {"x-ms-meta-u", "=?utf-8?B?w7w=?="},
                              {"x-ms-tags", "a%20b=c%26d&e=f"},
                              {"x-ms-access-tier", "Cold"},
                              {"If-Match", "\"0x1\""},
                              {"If-None-Match", "*"},
                              {"x-ms-lease-id", "l"}}));
}

TEST(BlobHeaders, WhatNoHeaderCanHoldThenInvalid) {
  Headers headers;
  EXPECT_CODE(kInvalid, AddMetadata({{"a-b", "x"}}, headers));
  EXPECT_CODE(kInvalid, AddContentHeaders({.content_type = "text/\r\nx: y"}, headers));
  EXPECT_CODE(kInvalid, AddContentHeaders({.content_disposition = "ü"}, headers));
}

}  // namespace
}  // namespace replicafs::azure
