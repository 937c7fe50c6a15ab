#include "backend/azure/shared_key.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

// A request that Azurite took.
TEST(SharedKey, RecordedRequestThenItsStringToSign) {
  HttpRequest request;
  request.method = "PUT";
  request.url = "http://127.0.0.1:10000/devstoreaccount1/cont1/dir/a%20b%23%C3%A9%3F.txt";
  request.headers = {{"Content-Type", "text/plain"}, {"x-ms-meta-ab", "y"},
                     {"X-MS-Meta-A_b", "x"},         {"x-ms-version", "2024-11-04"},
                     {"x-ms-meta-abc", " v 1 "},     {"x-ms-date", "Fri, 20 Nov 2026 20:21:37 GMT"},
                     {"x-ms-blob-type", "BlockBlob"}};
  request.body = AsBytes("hello world");
  EXPECT_EQ(StringToSign(request, "devstoreaccount1"),
            "PUT\n\n\n11\n\ntext/plain\n\n\n\n\n\n\nx-ms-blob-type:BlockBlob\n"
            "x-ms-date:Fri, 20 Nov 2026 20:21:37 GMT\nx-ms-meta-a_b:x\nx-ms-meta-ab:y\n"
            "x-ms-meta-abc:v 1\nx-ms-version:2024-11-04\n"
            "/devstoreaccount1/devstoreaccount1/cont1/dir/a%20b%23%C3%A9%3F.txt");
}

TEST(SharedKey, QueryThenSortedAndDecoded) {
  HttpRequest request;
  request.url =
      "https://photos1.blob.core.windows.net/?restype=x%2By&comp=list&Include=b&include=a";
  request.headers = {{"If-Match", "\"0x1\""}, {"x-ms-date", "D"}};
  request.body = ByteSpan();
  EXPECT_EQ(StringToSign(request, "photos1"),
            "GET\n\n\n\n\n\n\n\n\"0x1\"\n\n\n\nx-ms-date:D\n/photos1/\ncomp:list\ninclude:a,b\n"
            "restype:x+y");
}

TEST(SharedKey, UrlWithoutPathThenTheRoot) {
  HttpRequest request;
  request.url = "https://photos1.blob.core.windows.net?comp=list";
  EXPECT_TRUE(StringToSign(request, "photos1").ends_with("\n/photos1/\ncomp:list"));
}

TEST(SharedKey, UploadThenItsLength) {
  HttpRequest request;
  request.url = "https://h/c/b";
  request.body = HttpUpload{.size_bytes = 42, .read = nullptr};
  EXPECT_TRUE(StringToSign(request, "a").starts_with("GET\n\n\n42\n"));
}

TEST(SharedKey, NamesOfHeadersThenTheirOrder) {
  // Each before the next.
  const std::string_view ascending[] = {
      "x-ms-meta-_",   "x-ms-meta-_a",  "x-ms-meta-0",  "x-ms-meta-a",
      "x-ms-meta-a_",  "x-ms-meta-a_1", "x-ms-meta-a1", "x-ms-meta-ab",
      "x-ms-meta-a-b", "x-ms-meta-abc", "x-ms-meta-b",  "x-ms-version",
  };
  for (size_t i = 0; i < std::size(ascending); ++i) {
    for (size_t j = 0; j < std::size(ascending); ++j) {
      const int order = CompareHeaderNames(ascending[i], ascending[j]);
      EXPECT_EQ(order < 0, i < j) << ascending[i] << " " << ascending[j];
      EXPECT_EQ(order > 0, i > j) << ascending[i] << " " << ascending[j];
    }
  }
  EXPECT_LT(CompareHeaderNames("x-ms-deleted-container-name", "x-ms-delete-snapshots"), 0);
}

TEST(SharedKey, KeyThenItsSignature) {
  const AccountKey key = Must(ParseAccountKey("a", "SmVmZQ=="));  // "Jefe", of RFC 4231
  EXPECT_EQ(Sign(key, "what do ya want for nothing?"),
            "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
}

TEST(SharedKey, KeyThatIsNoneThenInvalidWithoutIt) {
  const auto result = ParseAccountKey("photos1", "hidden");
  EXPECT_CODE(kInvalid, result);
  EXPECT_EQ(result.error().message.find("hidden"), std::string::npos);
  EXPECT_CODE(kInvalid, ParseAccountKey("photos1", ""));
}

TEST(SharedKey, PrintedThenNoSecret) {
  std::ostringstream out;
  out << Secret("hidden");
  EXPECT_EQ(out.str(), "(secret)");
  EXPECT_EQ(testing::PrintToString(Secret("hidden")), "(secret)");
}

}  // namespace
}  // namespace replicafs::azure
