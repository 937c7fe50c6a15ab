#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

REPLICAFS_CONFORMANCE_SUITE(Blocks);

TEST_P(Blocks, StagedThenHeld) {
  const BlockRef block = Stage("block");
  const std::vector<Digest> digests{Sha256(AsBytes("other")), block.digest};

  EXPECT_EQ(Must(store().HasBlocks(digests)), (std::vector<bool>{false, true}));
  EXPECT_TRUE(Must(store().HasBlocks({})).empty());
}

TEST_P(Blocks, StagedTwiceThenOnce) {
  const BlockRef block = Stage("block");

  EXPECT_EQ(Stage("block"), block);
  Must(Apply(CommitBlob{.path = Photo("a"), .content = BlockList{block}}));
  Stage("block");
  EXPECT_EQ(Text(Photo("a")), "block");
}

TEST_P(Blocks, CommittedThenReadInOrder) {
  const BlockList blocks{Stage("one,"), Stage("two,"), Stage("one,"), Stage("three")};

  Must(Apply(CommitBlob{.path = Photo("a"), .content = blocks}));

  EXPECT_EQ(Text(Photo("a")), "one,two,one,three");
  EXPECT_EQ(Stat(Photo("a")).size_bytes, 17U);
  EXPECT_EQ(Must(store().Open(Photo("a")))->blocks(), blocks);
}

TEST_P(Blocks, EveryRangeThenThatPart) {
  const std::string whole = "abcdefghij";
  Must(Apply(CommitBlob{.path = Photo("blocks"),
                        .content = BlockList{Stage("abc"), Stage("d"), Stage("efghij")}}));
  Put("bytes", whole);
  for (const char* name : {"blocks", "bytes"}) {
    auto reader = Must(store().Open(Photo(name)));
    for (size_t offset = 0; offset <= whole.size() + 1; ++offset) {
      for (size_t size = 0; size <= whole.size() + 1; ++size) {
        std::string into(size, '?');
        const size_t read = Must(
            reader->ReadAt(offset, std::as_writable_bytes(std::span(into.data(), into.size()))));
        EXPECT_EQ(into.substr(0, read), offset < whole.size() ? whole.substr(offset, size) : "");
      }
    }
  }
}

TEST_P(Blocks, EveryRangeInFilesThenThatPart) {
  const std::string whole = "abcdefghij";
  Must(Apply(CommitBlob{.path = Photo("blocks"),
                        .content = BlockList{Stage("abc"), Stage("d"), Stage("efghij")}}));
  const auto reader = Must(store().Open(Photo("blocks")));
  for (size_t offset = 0; offset <= whole.size() + 1; ++offset) {
    for (size_t size = 1; size <= whole.size() + 1; ++size) {
      const auto found = Must(reader->PartsAt(offset, size));
      // More than it takes, or a store without files.
      if (!found) continue;
      std::string read;
      for (size_t i = 0; i < found->count; ++i) {
        const FilePart& part = found->parts[i];
        std::string bytes(part.size, '?');
        EXPECT_EQ(Must(ReadFullAt(part.file->get(), std::as_writable_bytes(std::span(bytes)),
                                  part.offset)),
                  part.size);
        read += bytes;
      }
      EXPECT_EQ(read, offset < whole.size() ? whole.substr(offset, size) : "");
    }
  }
}

TEST_P(Blocks, ReadByNameThenItsBytesFromTheOffset) {
  const BlockRef block = Stage("block");
  std::string into(4, '?');
  const auto span = std::as_writable_bytes(std::span(into));

  EXPECT_EQ(Must(store().ReadBlock(block.digest, 0, span)), 4U);
  EXPECT_EQ(into, "bloc");
  Must(Apply(CommitBlob{.path = Photo("a"), .content = BlockList{block}}));
  EXPECT_EQ(Must(store().ReadBlock(block.digest, 3, span)), 2U);
  EXPECT_EQ(into.substr(0, 2), "ck");
  EXPECT_EQ(Must(store().ReadBlock(block.digest, 5, span)), 0U);
  EXPECT_CODE(kNotFound, store().ReadBlock(Sha256(AsBytes("other")), 0, span));
}

TEST_P(Blocks, NeverStagedThenNotFound) {
  const BlockRef missing{Sha256(AsBytes("missing")), 7};

  EXPECT_CODE(kNotFound,
              Apply(CommitBlob{.path = Photo("a"), .content = BlockList{Stage("there"), missing}}));
  EXPECT_FALSE(Exists("a"));
}

TEST_P(Blocks, CommittedElsewhereThenNeedNoStaging) {
  const BlockRef block = Stage("block");
  Must(Apply(CommitBlob{.path = Photo("a"), .content = BlockList{block}}));

  EXPECT_OK(Apply(CommitBlob{.path = Photo("b"), .content = BlockList{block, block}}));
  EXPECT_EQ(Text(Photo("b")), "blockblock");
}

TEST_P(Blocks, LargeBlockThenUnharmed) {
  std::string text(size_t{4} << 20, '\0');
  for (size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 2654435761U >> 13);

  Must(Apply(CommitBlob{.path = Photo("a"), .content = BlockList{Stage(text), Stage("tail")}}));

  EXPECT_TRUE(Text(Photo("a")) == text + "tail");
}

REPLICAFS_CONFORMANCE_SUITE(Reader);

TEST_P(Reader, BlobChangesThenStaysPinned) {
  const Outcome bytes = Put("bytes", "old text");
  const Outcome blocks = Must(Apply(
      CommitBlob{.path = Photo("blocks"), .content = BlockList{Stage("old "), Stage("text")}}));
  struct Pinned {
    BlobPath path;
    VersionId version;
  };
  for (const Pinned& pinned :
       {Pinned{Photo("bytes"), bytes.version}, Pinned{Photo("blocks"), blocks.version}}) {
    auto reader = Must(store().Open(pinned.path));

    Must(Apply(CommitBlob{.path = pinned.path, .content = "new"}));
    EXPECT_EQ(ReadAll(*reader), "old text") << "after overwrite";
    Must(Apply(RemoveBlob{pinned.path}));
    EXPECT_EQ(ReadAll(*reader), "old text") << "after removal";
    Must(Apply(RemoveVersion{pinned.path, pinned.version}));
    EXPECT_EQ(ReadAll(*reader), "old text") << "after removal of the version";
    EXPECT_EQ(reader->info().version, pinned.version);
  }
}

TEST_P(Reader, BlobIsRenamedThenStaysPinned) {
  Must(Apply(CommitBlob{.path = Photo("d/a"), .content = BlockList{Stage("text")}}));
  auto reader = Must(store().Open(Photo("d/a")));

  Must(Apply(RenamePrefix{"photos", "d/", "e/"}));

  EXPECT_EQ(ReadAll(*reader), "text");
  EXPECT_EQ(reader->info().name, "d/a");
}

TEST_P(Reader, VersionReplacedThenStaysPinned) {
  const Outcome first =
      Must(Apply(CommitBlob{.path = Photo("a"), .content = BlockList{Stage("text")}}));
  auto reader = Must(store().Open(Photo("a")));

  Must(Apply(CommitBlob{.path = Photo("a"), .content = "new", .replaces = first.version}));

  EXPECT_EQ(ReadAll(*reader), "text");
}

TEST_P(Reader, ContainerDeletedThenStaysPinned) {
  Must(Apply(CommitBlob{.path = Photo("a"), .content = BlockList{Stage("text")}}));
  auto reader = Must(store().Open(Photo("a")));

  Must(Apply(DeleteContainer{"photos"}));

  EXPECT_EQ(ReadAll(*reader), "text");
}

}  // namespace
}  // namespace replicafs
