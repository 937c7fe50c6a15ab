#include "tests/azurite/blob_service_fixture.h"
#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

class Reads : public BlobServiceTest {
 protected:
  std::vector<std::string> Names(ListBlobsRequest request) {
    request.container = container_;
    std::vector<std::string> names;
    do {
      RemotePage page = Must(service_->ListBlobs(request));
      for (RemoteBlob& blob : page.blobs) names.push_back(std::move(blob.name));
      for (std::string& prefix : page.prefixes) names.push_back(std::move(prefix));
      request.marker = page.next_marker;
    } while (!request.marker.empty());
    std::sort(names.begin(), names.end());
    return names;
  }
  size_t Read(const std::string& name, uint64_t offset, std::span<char> into) {
    return Must(
        service_->Read({.address = Blob(name), .offset = offset}, std::as_writable_bytes(into)));
  }
};
INSTANTIATE_TEST_SUITE_P(Azurite, Reads, testing::ValuesIn(kEachAccess), NameOfAccess);

TEST_P(Reads, NamesOfAllKindsThenTheyComeBack) {
  const std::vector<std::string> names{" leading and trailing ",
                                       "%41 + & ? # ; = ' \" <x>",
                                       "..",
                                       "a/./b/../c",
                                       "a//b",
                                       "a/trailing/",
                                       "dot.",
                                       "e\xCC\x81 is not \xC3\xA9",
                                       "\xF0\x9F\x98\x80"};
  for (const std::string& name : names) Put(name, name);
  EXPECT_EQ(Names({}), names);
  for (const std::string& name : names) {
    EXPECT_EQ(ReadAll(name), name);
    EXPECT_EQ(Must(service_->GetProperties(Blob(name))).size_bytes, name.size());
  }
}

TEST_P(Reads, NameThatTheServiceWouldChangeThenRefused) {
  EXPECT_CODE(kInvalid, service_->PutBlob(Blob("a\\b"), AsBytes("x"), {}, {}));
  EXPECT_CODE(kNotFound, service_->GetProperties(Blob("a\\b")));
  EXPECT_CODE(kNotFound, service_->GetProperties(Blob("a\x01")));
}

TEST_P(Reads, PagesOfTwoThenEachNameOnce) {
  for (const char* name : {"a", "b/1", "b/2", "c", "d"}) Put(name, "x");
  EXPECT_EQ(Names({.limit = 2}), (std::vector<std::string>{"a", "b/1", "b/2", "c", "d"}));
  EXPECT_EQ(Names({.delimiter = "/", .limit = 2}), (std::vector<std::string>{"a", "b/", "c", "d"}));
  EXPECT_EQ(Names({.prefix = "b/", .delimiter = "/"}), (std::vector<std::string>{"b/1", "b/2"}));
}

TEST_P(Reads, ListedThenWhatItsPropertiesSay) {
  WriteProperties properties;
  properties.headers = {.content_type = "text/plain",
                        .content_encoding = "identity",
                        .content_language = "de",
                        .content_disposition = "attachment; filename=\"x\"",
                        .cache_control = "no-cache"};
  properties.metadata = {{"name", " spaces "}, {"empty", ""}, {"plain", "a  b"}, {"word", "grün"}};
  properties.tags = {{"kind", "a b"}, {"x", "1+1=2"}};
  properties.tier = Tier::kCool;
  const Written written = Must(service_->PutBlob(Blob("a"), AsBytes("hello"), properties, {}));
  const RemotePage page = Must(service_->ListBlobs({.container = container_, .tags = true}));
  ASSERT_EQ(page.blobs.size(), 1U);
  const RemoteBlob& listed = page.blobs[0];
  const RemoteBlob asked = Must(service_->GetProperties(Blob("a")));
  for (const RemoteBlob* blob : {&listed, &asked}) {
    EXPECT_EQ(blob->name, "a");
    EXPECT_EQ(blob->size_bytes, 5U);
    EXPECT_EQ(blob->etag, written.etag);
    EXPECT_EQ(blob->last_modified, written.last_modified);
    EXPECT_EQ(blob->content_md5, Md5Of(AsBytes("hello")));
    EXPECT_EQ(blob->headers, properties.headers);
    EXPECT_EQ(blob->metadata, properties.metadata);
    EXPECT_EQ(blob->tier, Tier::kCool);
    EXPECT_TRUE(blob->is_current);
    EXPECT_EQ(blob->version_id, "");
  }
  EXPECT_EQ(listed.created, asked.created);
  EXPECT_EQ(listed.tags, properties.tags);
  EXPECT_EQ(Must(service_->GetTags(Blob("a"))), properties.tags);
}

TEST_P(Reads, RangesThenTheirBytes) {
  Put("a", "0123456789");
  char into[8] = {};
  EXPECT_EQ(Read("a", 2, std::span(into, 4)), 4U);
  EXPECT_EQ(std::string_view(into, 4), "2345");
  EXPECT_EQ(Read("a", 7, into), 3U);
  EXPECT_EQ(std::string_view(into, 3), "789");
  EXPECT_EQ(Read("a", 10, into), 0U);
  EXPECT_EQ(Read("a", 11, into), 0U);
  EXPECT_EQ(Read("a", 0, std::span(into, 0)), 0U);
}

TEST_P(Reads, EmptyBlobThenNoBytes) {
  Put("empty", "");
  char into[8] = {};
  EXPECT_EQ(Read("empty", 0, into), 0U);
  EXPECT_EQ(Must(service_->GetProperties(Blob("empty"))).size_bytes, 0U);
}

TEST_P(Reads, RangeWithoutChecksumThenItsBytes) {
  std::string text(5 << 20, 'x');
  text.back() = 'y';
  Put("large", text);
  std::string into(text.size() + 1, '\0');
  EXPECT_EQ(Read("large", 0, into), text.size());
  into.pop_back();
  EXPECT_TRUE(into == text);
}

TEST_P(Reads, AnotherStateThenStale) {
  const std::string before = Put("a", "one");
  Put("a", "two");
  std::byte into[8];
  EXPECT_CODE(kStale, service_->Read({.address = Blob("a"), .if_match = before}, into));
}

TEST_P(Reads, NothingThereThenNotFound) {
  std::byte into[8];
  EXPECT_CODE(kNotFound, service_->Read({.address = Blob("none")}, into));
  EXPECT_CODE(kNotFound, service_->GetProperties(Blob("none")));
  EXPECT_CODE(kNotFound, service_->GetBlocks(Blob("none")));
  EXPECT_CODE(kNotFound, service_->GetTags(Blob("none")));
}

TEST_P(Reads, VersionsOfAnAccountWithoutThenNotSupported) {
  Put("a", "x");
  BlobAddress address = Blob("a");
  address.version_id = "2020-03-19T06:23:15.1569236Z";
  EXPECT_FALSE(service_->has_shown_versions());
  EXPECT_CODE(kNotSupported, service_->GetProperties(address));
  EXPECT_CODE(kNotSupported, service_->Delete(address, {}, SnapshotsOfDeleted::kKeepBlob));
  EXPECT_CODE(kNotSupported, service_->ListBlobs({.container = container_, .versions = true}));
  EXPECT_EQ(ReadAll("a"), "x");
}

TEST_P(Reads, ArchivedThenArchived) {
  Put("a", "x");
  ASSERT_OK(service_->SetTier(Blob("a"), Tier::kArchive));
  std::byte into[8];
  EXPECT_CODE(kArchived, service_->Read({.address = Blob("a")}, into));
  EXPECT_EQ(Must(service_->GetProperties(Blob("a"))).tier, Tier::kArchive);
}

}  // namespace
}  // namespace replicafs::azure
