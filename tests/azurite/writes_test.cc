#include "tests/azurite/blob_service_fixture.h"
#include "tests/support/matchers.h"

namespace replicafs::azure {
namespace {

class Writes : public BlobServiceTest {
 protected:
  std::string Stage(const std::string& name, std::string_view bytes) {
    const std::string id = BlockId(Sha256(AsBytes(bytes)));
    EXPECT_OK(service_->PutBlock(Blob(name), id, AsBytes(bytes)));
    return id;
  }
  Result<Written> PutIf(const std::string& name, std::string_view text,
                        const Conditions& conditions) {
    return service_->PutBlob(Blob(name), AsBytes(text), {}, conditions);
  }
};
INSTANTIATE_TEST_SUITE_P(Azurite, Writes, testing::ValuesIn(kEachAccess), NameOfAccess);

TEST_P(Writes, OnlyIfNewThenExistsTheSecondTime) {
  ASSERT_OK(PutIf("a", "one", {.if_none_match = "*"}));
  EXPECT_CODE(kExists, PutIf("a", "two", {.if_none_match = "*"}));
  EXPECT_EQ(ReadAll("a"), "one");
}

TEST_P(Writes, OnlyIfUnchangedThenPreconditionOfAnother) {
  const std::string first = Put("a", "one");
  const Written second = Must(PutIf("a", "two", {.if_match = first}));
  EXPECT_CODE(kPrecondition, PutIf("a", "three", {.if_match = first}));
  EXPECT_EQ(Must(service_->GetProperties(Blob("a"))).etag, second.etag);
}

TEST_P(Writes, ContainerMissingThenNotFound) {
  EXPECT_CODE(kNotFound, service_->PutBlob({"nothing-here", "a", {}, {}}, AsBytes("x"), {}, {}));
}

TEST_P(Writes, BlocksThenTheirOrder) {
  const std::string one = Stage("a", "one,");
  const std::string two = Stage("a", "two,");
  WriteProperties properties;
  properties.metadata = {{"kind", "blocks"}};
  properties.content_md5 = Md5Of(AsBytes("two,one,two,"));
  const std::string ids[] = {two, one, two};
  const Written written =
      Must(service_->PutBlockList(Blob("a"), ids, properties, {.if_none_match = "*"}));
  EXPECT_EQ(ReadAll("a"), "two,one,two,");
  const RemoteBlob blob = Must(service_->GetProperties(Blob("a")));
  EXPECT_EQ(blob.etag, written.etag);
  EXPECT_EQ(blob.metadata, properties.metadata);
  EXPECT_EQ(blob.content_md5, properties.content_md5);
  const auto blocks = Must(service_->GetBlocks(Blob("a")));
  ASSERT_EQ(blocks.size(), 3U);
  EXPECT_EQ(blocks[1].id, one);
  EXPECT_EQ(blocks[1].size_bytes, 4U);
}

TEST_P(Writes, CommittedBlocksThenUsedAgain) {
  const std::string one = Stage("a", "one,");
  const std::string first[] = {one};
  const Written before = Must(service_->PutBlockList(Blob("a"), first, {}, {}));
  const std::string two = Stage("a", "two,");
  const std::string both[] = {two, one};
  ASSERT_OK(service_->PutBlockList(Blob("a"), both, {}, {.if_match = before.etag}));
  EXPECT_EQ(ReadAll("a"), "two,one,");
}

TEST_P(Writes, BlockThatIsNotThereThenInvalid) {
  const std::string ids[] = {BlockId(Sha256(AsBytes("never staged")))};
  EXPECT_CODE(kInvalid, service_->PutBlockList(Blob("a"), ids, {}, {}));
}

TEST_P(Writes, DeletedThenNotFound) {
  const std::string etag = Put("a", "x");
  EXPECT_CODE(kPrecondition,
              service_->Delete(Blob("a"), {.if_match = "\"0x1\""}, SnapshotsOfDeleted::kKeepBlob));
  ASSERT_OK(service_->Delete(Blob("a"), {.if_match = etag}, SnapshotsOfDeleted::kKeepBlob));
  EXPECT_CODE(kNotFound, service_->Delete(Blob("a"), {}, SnapshotsOfDeleted::kKeepBlob));
}

TEST_P(Writes, BatchThenEachItsStatus) {
  Put("a b", "x");
  Put("c/%", "x");
  const BlobAddress addresses[] = {Blob("a b"), Blob("none"), Blob("c/%")};
  const auto results = Must(service_->DeleteBatch(addresses));
  ASSERT_EQ(results.size(), 3U);
  EXPECT_OK(results[0]);
  EXPECT_CODE(kNotFound, results[1]);
  EXPECT_OK(results[2]);
  EXPECT_TRUE(Must(service_->ListBlobs({.container = container_})).blobs.empty());
}

TEST_P(Writes, CopyThenContentAndPropertiesOfTheSource) {
  WriteProperties properties;
  properties.headers.content_type = "text/plain";
  properties.metadata = {{"kind", "source"}};
  const Written source = Must(service_->PutBlob(Blob("from é"), AsBytes("hello"), properties, {}));
  const Written copy =
      Must(service_->Copy(Blob("from é"), source.etag, Blob("to"), std::nullopt, {}));
  const RemoteBlob blob = Must(service_->GetProperties(Blob("to")));
  EXPECT_EQ(ReadAll("to"), "hello");
  EXPECT_EQ(blob.etag, copy.etag);
  EXPECT_EQ(blob.headers.content_type, "text/plain");
  EXPECT_EQ(blob.metadata, properties.metadata);
}

TEST_P(Writes, CopyWithPropertiesThenThose) {
  Put("from", "hello");
  WriteProperties properties;
  properties.headers = {.content_type = "text/html", .cache_control = "no-cache"};
  properties.metadata = {{"kind", "copy"}};
  properties.tags = {{"a", "b"}};
  const Written copy = Must(service_->Copy(Blob("from"), {}, Blob("to"), properties, {}));
  const RemoteBlob blob = Must(service_->GetProperties(Blob("to")));
  EXPECT_EQ(blob.etag, copy.etag);
  EXPECT_EQ(blob.headers, properties.headers);
  EXPECT_EQ(blob.metadata, properties.metadata);
  EXPECT_EQ(blob.content_md5, Md5Of(AsBytes("hello")));
  EXPECT_EQ(Must(service_->GetTags(Blob("to"))), properties.tags);
}

TEST_P(Writes, CopyWithoutMetadataThenNone) {
  WriteProperties properties;
  properties.metadata = {{"kind", "source"}};
  ASSERT_OK(service_->PutBlob(Blob("from"), AsBytes("hello"), properties, {}));
  const Written copy = Must(service_->Copy(Blob("from"), {}, Blob("to"), WriteProperties{}, {}));
  const RemoteBlob blob = Must(service_->GetProperties(Blob("to")));
  EXPECT_EQ(blob.etag, copy.etag);
  EXPECT_TRUE(blob.metadata.empty());
}

TEST_P(Writes, CopyKeepsBlocks) {
  const std::string ids[] = {Stage("from", "one,"), Stage("from", "two,")};
  ASSERT_OK(service_->PutBlockList(Blob("from"), ids, {}, {}));
  ASSERT_OK(service_->Copy(Blob("from"), {}, Blob("to"), std::nullopt, {}));
  EXPECT_EQ(Must(service_->GetBlocks(Blob("to"))).size(), 2U);
}

TEST_P(Writes, CopyOfWhatChangedOrOntoWhatIsThereThenRefused) {
  const std::string before = Put("from", "one");
  Put("from", "two");
  EXPECT_CODE(kPrecondition, service_->Copy(Blob("from"), before, Blob("to"), std::nullopt, {}));
  Put("there", "x");
  EXPECT_CODE(kExists, service_->Copy(Blob("from"), {}, Blob("there"), std::nullopt,
                                      {.if_none_match = "*"}));
  EXPECT_CODE(kNotFound, service_->Copy(Blob("none"), {}, Blob("to"), std::nullopt, {}));
}

TEST_P(Writes, SnapshotThenItStays) {
  Put("a", "one");
  const std::string id = Must(service_->Snapshot(Blob("a"), {{"why", "test"}}, {}));
  Put("a", "two");
  BlobAddress snapshot = Blob("a");
  snapshot.snapshot = id;
  std::string text(8, '\0');
  text.resize(Must(service_->Read({.address = snapshot}, std::as_writable_bytes(std::span(text)))));
  EXPECT_EQ(text, "one");
  EXPECT_EQ(Must(service_->GetProperties(snapshot)).metadata.at("why"), "test");
  EXPECT_EQ(Must(service_->ListBlobs({.container = container_, .snapshots = true})).blobs.size(),
            2U);

  EXPECT_CODE(kBusy, service_->Delete(Blob("a"), {}, SnapshotsOfDeleted::kKeepBlob));
  ASSERT_OK(service_->Copy(snapshot, {}, Blob("back"), std::nullopt, {}));
  EXPECT_EQ(ReadAll("back"), "one");
  EXPECT_OK(service_->Delete(Blob("a"), {}, SnapshotsOfDeleted::kDelete));
}

TEST_P(Writes, PropertiesSetThenRead) {
  const std::string before = Put("a", "hello");
  const Written metadata =
      Must(service_->SetMetadata(Blob("a"), {{"x", "ü"}}, {.if_match = before}));
  EXPECT_CODE(kPrecondition, service_->SetMetadata(Blob("a"), {}, {.if_match = before}));
  const ContentHeaders headers{.content_type = "text/plain", .cache_control = "no-store"};
  const Written changed = Must(service_->SetHeaders(Blob("a"), headers, Md5Of(AsBytes("hello")),
                                                    {.if_match = metadata.etag}));
  ASSERT_OK(service_->SetTags(Blob("a"), {{"a/b", "c:d"}}));
  ASSERT_OK(service_->SetTier(Blob("a"), Tier::kCold));
  const RemoteBlob blob = Must(service_->GetProperties(Blob("a")));
  EXPECT_EQ(blob.metadata, (StringMap{{"x", "ü"}}));
  EXPECT_EQ(blob.headers, headers);
  EXPECT_EQ(blob.content_md5, Md5Of(AsBytes("hello")));
  EXPECT_EQ(blob.tier, Tier::kCold);
  EXPECT_EQ(Must(service_->GetTags(Blob("a"))), (StringMap{{"a/b", "c:d"}}));
  EXPECT_NE(changed.etag, before);
}

TEST_P(Writes, HeadersAllEmptyThenCleared) {
  WriteProperties properties;
  properties.headers = {.content_type = "text/plain", .cache_control = "no-store"};
  ASSERT_OK(service_->PutBlob(Blob("a"), AsBytes("x"), properties, {}));
  ASSERT_OK(service_->SetHeaders(Blob("a"), {}, std::nullopt, {}));
  const RemoteBlob blob = Must(service_->GetProperties(Blob("a")));
  EXPECT_EQ(blob.headers.cache_control, "");
  EXPECT_EQ(blob.headers.content_type, "application/octet-stream");
  EXPECT_EQ(blob.content_md5, std::nullopt);
}

}  // namespace
}  // namespace replicafs::azure
