#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

REPLICAFS_CONFORMANCE_SUITE(Commit);

TEST_P(Commit, BytesThenReadBack) {
  const Outcome outcome = Put("a.txt", "hello");

  const BlobInfo info = Stat(Photo("a.txt"));
  EXPECT_EQ(Text(Photo("a.txt")), "hello");
  EXPECT_EQ(info.name, "a.txt");
  EXPECT_EQ(info.version, outcome.version);
  EXPECT_EQ(info.etag, outcome.etag);
  EXPECT_EQ(info.last_modified, outcome.last_modified);
  EXPECT_EQ(info.sequence, outcome.sequence);
  EXPECT_EQ(info.size_bytes, 5U);
  EXPECT_TRUE(info.is_current);
  EXPECT_EQ(info.ended, Timestamp{});
  EXPECT_NE(info.file_id, 0U);
  EXPECT_FALSE(info.origin);
}

TEST_P(Commit, ReservedFileIdThenTheNewBlobHasIt) {
  const uint64_t first = Must(store().ReserveFileIds(2));
  if (first == 0) GTEST_SKIP() << "the store has no file ids";
  const uint64_t next = Must(store().ReserveFileIds(1));

  Must(Apply(CommitBlob{.path = Photo("a"), .content = "1", .file_id = first + 1}));
  Put("b", "2");

  EXPECT_EQ(Stat(Photo("a")).file_id, first + 1);
  EXPECT_GE(next, first + 2);
  EXPECT_GT(Stat(Photo("b")).file_id, next);
}

TEST_P(Commit, FileIdForABlobThatHasOneThenItKeepsIts) {
  Put("a", "1");
  const uint64_t before = Stat(Photo("a")).file_id;

  Must(Apply(
      CommitBlob{.path = Photo("a"), .content = "2", .file_id = Must(store().ReserveFileIds(1))}));

  EXPECT_EQ(Stat(Photo("a")).file_id, before);
}

TEST_P(Commit, BytesThenContentMd5) {
  Put("a.txt", "hello");

  EXPECT_EQ(Stat(Photo("a.txt")).content_md5, Md5Of(AsBytes("hello")));
  EXPECT_FALSE(Must(store().Open(Photo("a.txt")))->blocks());
}

TEST_P(Commit, NothingThenEmptyBlob) {
  Put("bytes", "");
  Must(Apply(CommitBlob{.path = Photo("blocks"), .content = BlockList{}}));

  for (const char* name : {"bytes", "blocks"}) {
    EXPECT_EQ(Stat(Photo(name)).size_bytes, 0U);
    EXPECT_EQ(Text(Photo(name)), "");
  }
}

TEST_P(Commit, InlineLimitThenTaken) {
  const std::string text(store().capabilities().inline_max_bytes, 'x');

  Put("a", text);

  EXPECT_EQ(Text(Photo("a")), text);
}

TEST_P(Commit, OverInlineLimitThenInvalid) {
  const std::string text(store().capabilities().inline_max_bytes + 1, 'x');

  EXPECT_CODE(kInvalid, Apply(CommitBlob{.path = Photo("a"), .content = text}));
  EXPECT_FALSE(Exists("a"));
}

TEST_P(Commit, PropertiesThenKept) {
  const BlobProperties properties{.headers = {"text/plain", "gzip", "sv", "inline", "no-cache"},
                                  .metadata = {{"mode", "0644"}, {"note", "räksmörgås"}},
                                  .tags = {{"project", "x y"}},
                                  .tier = Tier::kCool};

  Must(Apply(CommitBlob{.path = Photo("a"), .content = "1", .properties = properties}));

  EXPECT_EQ(Stat(Photo("a")).properties, properties);
}

TEST_P(Commit, OverwriteThenBlobStaysTheSameOne) {
  const Outcome first = Put("a", "1");
  const BlobInfo before = Stat(Photo("a"));

  const Outcome second = Put("a", "22");

  const BlobInfo after = Stat(Photo("a"));
  EXPECT_EQ(Text(Photo("a")), "22");
  EXPECT_GT(second.version, first.version);
  EXPECT_NE(after.etag, before.etag);
  EXPECT_EQ(after.created, before.created);
  EXPECT_GT(after.last_modified, before.last_modified);
  EXPECT_EQ(after.file_id, before.file_id);
}

TEST_P(Commit, OverwriteThenPropertiesAreReplacedWhole) {
  Must(Apply(
      CommitBlob{.path = Photo("a"), .content = "1", .properties = {.metadata = {{"x", "1"}}}}));

  Put("a", "2");

  EXPECT_EQ(Stat(Photo("a")).properties, BlobProperties{});
}

TEST_P(Commit, AfterRemovalThenAnotherBlob) {
  Put("a", "1");
  const BlobInfo before = Stat(Photo("a"));
  Must(Apply(RemoveBlob{Photo("a")}));

  Put("a", "2");

  const BlobInfo after = Stat(Photo("a"));
  EXPECT_GT(after.created, before.created);
  EXPECT_NE(after.file_id, before.file_id);
}

TEST_P(Commit, TwoBlobsThenDifferentIdentities) {
  const Outcome a = Put("a", "same");
  const Outcome b = Put("b", "same");

  EXPECT_NE(a.etag, b.etag);
  EXPECT_LT(a.version, b.version);
  EXPECT_NE(Stat(Photo("a")).file_id, Stat(Photo("b")).file_id);
}

TEST_P(Commit, ContentOfBytesThenSameContent) {
  Put("a", "hello");

  Must(Apply(CommitBlob{.path = Photo("b"), .content = ContentOf{Photo("a"), {}}}));

  EXPECT_EQ(Text(Photo("b")), "hello");
  EXPECT_EQ(Stat(Photo("b")).content_md5, Stat(Photo("a")).content_md5);
  EXPECT_NE(Stat(Photo("b")).file_id, Stat(Photo("a")).file_id);
}

TEST_P(Commit, ContentOfBlocksThenSameBlocks) {
  Must(Apply(CommitBlob{.path = Photo("a"), .content = BlockList{Stage("he"), Stage("llo")}}));

  Must(Apply(CommitBlob{.path = Photo("b"), .content = ContentOf{Photo("a"), {}}}));

  EXPECT_EQ(Text(Photo("b")), "hello");
  EXPECT_EQ(Must(store().Open(Photo("b")))->blocks(), Must(store().Open(Photo("a")))->blocks());
}

TEST_P(Commit, ContentOfTakesNoProperties) {
  Must(Apply(
      CommitBlob{.path = Photo("a"), .content = "1", .properties = {.metadata = {{"x", "1"}}}}));

  Must(Apply(CommitBlob{.path = Photo("b"), .content = ContentOf{Photo("a"), {}}}));

  EXPECT_EQ(Stat(Photo("b")).properties, BlobProperties{});
}

TEST_P(Commit, ContentOfAcrossContainersThenSameContent) {
  Must(Apply(CreateContainer{"music"}));
  Must(Apply(CommitBlob{.path = {"music", "a"}, .content = BlockList{Stage("song")}}));

  Must(Apply(CommitBlob{.path = Photo("b"), .content = ContentOf{{"music", "a"}, {}}}));
  Must(Apply(DeleteContainer{"music"}));

  EXPECT_EQ(Text(Photo("b")), "song");
}

TEST_P(Commit, ContentOfOldVersionThenRestored) {
  const Outcome first = Put("a", "old");
  Put("a", "new");

  Must(Apply(CommitBlob{.path = Photo("a"), .content = ContentOf{Photo("a"), first.version}}));

  EXPECT_EQ(Text(Photo("a")), "old");
  EXPECT_EQ(Versions("a").size(), 3U);
}

TEST_P(Commit, ContentOfDeletedBlobNeedsTheVersion) {
  const Outcome first = Put("a", "old");
  Must(Apply(RemoveBlob{Photo("a")}));

  EXPECT_CODE(kNotFound,
              Apply(CommitBlob{.path = Photo("b"), .content = ContentOf{Photo("a"), {}}}));
  EXPECT_OK(Apply(CommitBlob{.path = Photo("b"), .content = ContentOf{Photo("a"), first.version}}));
  EXPECT_EQ(Text(Photo("b")), "old");
}

TEST_P(Commit, ContentOfMissingThenNotFound) {
  EXPECT_CODE(kNotFound,
              Apply(CommitBlob{.path = Photo("b"), .content = ContentOf{Photo("a"), {}}}));
  EXPECT_CODE(kNotFound,
              Apply(CommitBlob{.path = Photo("b"), .content = ContentOf{{"music", "a"}, {}}}));
}

TEST_P(Commit, BadNameThenInvalid) {
  for (const std::string& name : {std::string(), std::string("a\0b", 3), std::string("\xff")})
    EXPECT_CODE(kInvalid, Apply(CommitBlob{.path = Photo(name), .content = "1"}));
}

TEST_P(Commit, TooLongNameThenNameTooLong) {
  const size_t max = store().capabilities().names.max_chars;
  std::string longest;
  while (longest.size() < max) longest += longest.size() % 200 == 199 ? '/' : 'x';

  EXPECT_OK(Apply(CommitBlob{.path = Photo(longest), .content = "1"}));
  EXPECT_CODE(kNameTooLong, Apply(CommitBlob{.path = Photo(longest + 'x'), .content = "1"}));
  EXPECT_EQ(Text(Photo(longest)), "1");
  EXPECT_EQ(Names({.container = "photos", .hierarchical = false}),
            (std::vector<std::string>{longest}));
}

TEST_P(Commit, TooLongComponentThenNameTooLong) {
  const size_t max = store().capabilities().names.component_max_bytes;
  if (max == 0) GTEST_SKIP() << "no limit of its own";
  const std::string longest(max, 'x');

  EXPECT_OK(Apply(CommitBlob{.path = Photo("d/" + longest + "/f"), .content = "1"}));
  EXPECT_CODE(kNameTooLong,
              Apply(CommitBlob{.path = Photo("d/x" + longest + "/f"), .content = "1"}));
  EXPECT_CODE(kNameTooLong, Apply(CommitBlob{.path = Photo("d/x" + longest), .content = "1"}));
}

TEST_P(Commit, BadMetadataKeyThenInvalid) {
  for (const char* key : {"", "1a", "a-b", "Upper"}) {
    EXPECT_CODE(kInvalid,
                Apply(CommitBlob{
                    .path = Photo("a"), .content = "1", .properties = {.metadata = {{key, "1"}}}}));
  }
}

TEST_P(Commit, ReopenedThenEverythingIsThere) {
  if (!GetParam().durable) GTEST_SKIP() << "not durable";
  Must(Apply(CommitBlob{.path = Photo("big"), .content = BlockList{Stage("12"), Stage("34")}}));
  const Outcome last = Put("small", "text");

  Reopen();

  EXPECT_EQ(Text(Photo("big")), "1234");
  EXPECT_EQ(Text(Photo("small")), "text");
  EXPECT_EQ(Must(journal().Head()), last.sequence);
  EXPECT_GT(Put("small", "2").version, last.version);
}

}  // namespace
}  // namespace replicafs
