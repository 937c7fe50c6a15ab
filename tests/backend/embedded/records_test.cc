#include "backend/embedded/records.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/support/matchers.h"

namespace replicafs::embedded {
namespace {

VersionRecord FullVersion() {
  VersionRecord record{.version = VersionId{17'000'000'000'000'001},
                       .ended = Timestamp{17'000'000'000'000'002},
                       .kind = BlobKind::kPage,
                       .size_bytes = uint64_t{5} << 40,
                       .etag = 17'000'000'000'000'003,
                       .created = Timestamp{-5},
                       .last_modified = Timestamp{INT64_MAX},
                       .content_md5 = Md5Of(AsBytes("x")),
                       .file_id = UINT64_MAX,
                       .sequence = 300,
                       .content_id = 127,
                       .has_prefix = true};
  record.properties.headers.content_type = "text/plain";
  record.properties.metadata = {{"a", "1"}, {"b", std::string(300, 'x')}};
  record.properties.tags = {{"t", ""}};
  record.properties.tier = Tier::kArchive;
  record.origin = ReplicaOrigin{"policy", "rule", "alpha", {"box", "a/b"}, VersionId{9}};
  record.protection = {.policy = ImmutabilityPolicy{Timestamp{17}, ImmutabilityMode::kLocked},
                       .legal_hold = true};
  record.rehydration = Rehydration{Tier::kCold, Timestamp{18}};
  record.key_sha256 = Sha256(AsBytes("key"));
  return record;
}

const ContainerProtection kKept{.policy = ContainerImmutabilityPolicy{146'000},
                                .legal_holds = {"case1", "case2"}};

// Every proper beginning of the bytes is refused.
template <class Decode>
void ExpectNoBeginningDecodes(const std::string& bytes, const Decode& decode) {
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_CODE(kCorrupt, decode(std::string_view(bytes).substr(0, size))) << size;
}

// Without the time of creation, which ends the row now: one byte where it is zero.
std::string OfAnOlderRelease(const Event& event) {
  std::string row = Encode(event);
  row.pop_back();
  return row;
}

TEST(Records, VersionWithEverythingThenDecodesToItself) {
  EXPECT_EQ(Must(DecodeVersion(Encode(FullVersion()))), FullVersion());
}

TEST(Records, VersionWithNothingThenDecodesToItself) {
  EXPECT_EQ(Must(DecodeVersion(Encode(VersionRecord{}))), VersionRecord{});
}

TEST(Records, OtherRowsThenDecodeToThemselves) {
  const DirectoryRecord directory{1, 2, 3, 4, Timestamp{5}, true};
  const ContainerRecord container{1, Timestamp{2}, 3, "policy", 4};
  const ContainerRecord kept{1, Timestamp{2}, 3, "", 4, kKept};
  const BlockRecord block{1, 200, Timestamp{3}};
  const Counters counters{1, 2, 3, 4, 5, 6};

  EXPECT_EQ(Must(DecodeDirectory(Encode(directory))), directory);
  EXPECT_EQ(Must(DecodeContainer(Encode(container))), container);
  EXPECT_EQ(Must(DecodeContainer(Encode(kept))), kept);
  EXPECT_EQ(Must(DecodeBlock(Encode(block))), block);
  EXPECT_EQ(Must(DecodeCounters(Encode(counters))), counters);
}

TEST(Records, ContentThenDecodesToItself) {
  const BlockList blocks{{Sha256(AsBytes("a")), 1}, {Sha256(AsBytes("b")), uint64_t{1} << 40}};

  EXPECT_EQ(Must(DecodeContent(EncodeBlocks(blocks))), ContentRecord(blocks));
  EXPECT_EQ(Must(DecodeContent(EncodeInline(std::string("\0x", 2)))),
            ContentRecord(std::string("\0x", 2)));
}

TEST(Records, EncryptedContentThenDecodesToItself) {
  const EncryptedBlocks content{{{Sha256(AsBytes("a")), 1}, {Sha256(AsBytes("b")), 300}},
                                {Nonce{{1, 2, 3}}, Nonce{{4}}}};
  const std::string row = EncodeEncrypted(content.blocks, content.nonces);

  EXPECT_EQ(Must(DecodeContent(row)), ContentRecord(content));
  EXPECT_EQ(*BlocksOf(Must(DecodeContent(row))), content.blocks);
  ExpectNoBeginningDecodes(row, DecodeContent);
  EXPECT_EQ(Must(DecodeContent(EncodeEncrypted({}, {}))), ContentRecord(EncryptedBlocks{}));
}

TEST(Records, TruncatedAtAnyLengthThenCorrupt) {
  const Event event{.container = "box", .name = "a/b", .other_name = "c", .policy_id = "p"};

  ExpectNoBeginningDecodes(Encode(FullVersion()), DecodeVersion);
  ExpectNoBeginningDecodes(Encode(DirectoryRecord{.directory_id = 300}), DecodeDirectory);
  ExpectNoBeginningDecodes(Encode(ContainerRecord{.destination_policy_id = "p"}), DecodeContainer);
  ExpectNoBeginningDecodes(Encode(ContainerRecord{.protection = kKept}), DecodeContainer);
  ExpectNoBeginningDecodes(Encode(BlockRecord{.size_bytes = 300}), DecodeBlock);
  ExpectNoBeginningDecodes(Encode(Counters{}), DecodeCounters);
  ExpectNoBeginningDecodes(OfAnOlderRelease(event), DecodeEvent);
  ExpectNoBeginningDecodes(EncodeBlocks({{Sha256(AsBytes("a")), 1}}), DecodeContent);
}

TEST(Records, EventOfAnOlderReleaseThenItsBlobsCreationIsNotKnown) {
  const Event event{.container = "box", .name = "a/b", .version = VersionId{7}};

  EXPECT_EQ(Must(DecodeEvent(OfAnOlderRelease(event))).created, Timestamp{});
}

TEST(Records, EventOfABlobKindThenDecodesToItself) {
  const Event event{.container = "box", .name = "a", .blob_kind = BlobKind::kAppend};

  EXPECT_EQ(Must(DecodeEvent(Encode(event))).blob_kind, BlobKind::kAppend);
  std::string row = Encode(event);
  for (const char kind : {'\0', '\3'}) {
    row.back() = kind;
    EXPECT_CODE(kCorrupt, DecodeEvent(row));
  }
}

TEST(Records, KindThatCannotBeThenCorrupt) {
  std::string row = Encode(VersionRecord{.kind = BlobKind::kAppend});
  EXPECT_EQ(Must(DecodeVersion(row)).kind, BlobKind::kAppend);
  for (const char flags : {'\0', '\3', '\x5', '\x80'}) {
    row.back() = flags;
    EXPECT_CODE(kCorrupt, DecodeVersion(row));
  }
}

TEST(Records, RehydrationOfWhatIsNotArchivedOrToTheArchiveThenCorrupt) {
  VersionRecord record = FullVersion();
  record.properties.tier = Tier::kHot;
  EXPECT_CODE(kCorrupt, DecodeVersion(Encode(record)));
  record = FullVersion();
  record.rehydration->target = Tier::kArchive;
  EXPECT_CODE(kCorrupt, DecodeVersion(Encode(record)));
}

TEST(Records, PolicyThatCannotBeThenCorrupt) {
  const auto mode = static_cast<ImmutabilityMode>(2);
  const VersionRecord version{.protection = {.policy = ImmutabilityPolicy{Timestamp{1}, mode}}};
  EXPECT_CODE(kCorrupt, DecodeVersion(Encode(version)));
  for (const ContainerImmutabilityPolicy policy :
       {ContainerImmutabilityPolicy{0}, ContainerImmutabilityPolicy{146'001},
        ContainerImmutabilityPolicy{1, mode}}) {
    const ContainerRecord container{.protection = {.policy = policy}};
    EXPECT_CODE(kCorrupt, DecodeContainer(Encode(container)));
  }
}

TEST(Records, TrailingBytesThenCorrupt) {
  EXPECT_CODE(kCorrupt, DecodeVersion(Encode(FullVersion()) + "x"));
}

}  // namespace
}  // namespace replicafs::embedded
