#include "cache/dirty_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <variant>

#include "backend/blob/block_schedule.h"
#include "tests/cache/dirty_file_fixture.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

using DirtyFileTest = DirtyFileFixture;

// Tells when it is first read.
class AnnouncingReader final : public BlobReader {
 public:
  AnnouncingReader(std::unique_ptr<BlobReader> inner, std::latch& read)
      : inner_(std::move(inner)), read_(read) {}

  const BlobInfo& info() const override { return inner_->info(); }
  Status UseKey(ContentKeyPtr key) override { return inner_->UseKey(std::move(key)); }
  const std::optional<BlockList>& blocks() const override { return inner_->blocks(); }
  Result<std::optional<FileParts>> PartsAt(uint64_t, size_t) override {
    return std::optional<FileParts>();
  }
  Result<size_t> ReadAt(uint64_t offset, std::span<std::byte> into) override {
    read_.count_down();
    return inner_->ReadAt(offset, into);
  }

 private:
  const std::unique_ptr<BlobReader> inner_;
  std::latch& read_;
};

TEST_F(DirtyFileTest, SmallContentThenBytes) {
  auto file = NewFile();
  ASSERT_OK(file->Write(0, AsBytes("hello world")));
  ASSERT_OK(file->Write(6, AsBytes("there")));

  const auto content = Must(file->MakeContent());

  EXPECT_EQ(std::get<std::string>(content), "hello there");
  EXPECT_FALSE(file->dirty());
}

TEST_F(DirtyFileTest, LargeContentThenBlocksOfTheSchedule) {
  const std::string text = RandomText(2 * kSmallBlockBytes + 100);
  auto file = NewFile();
  ASSERT_OK(file->Write(0, AsBytes(text)));

  const auto blocks = std::get<BlockList>(Must(file->MakeContent()));

  ASSERT_EQ(blocks.size(), 3U);
  EXPECT_EQ(blocks[0].size_bytes, kSmallBlockBytes);
  EXPECT_EQ(blocks[2].size_bytes, 100U);
  EXPECT_EQ(blocks[2].digest, Sha256(AsBytes(text).subspan(2 * kSmallBlockBytes)));
  EXPECT_EQ(ReadAll(*Commit(*file)), text);
}

TEST_F(DirtyFileTest, DirtyThenOnlyWhatMakeContentDoesNotHold) {
  auto file = NewFile();
  EXPECT_FALSE(file->dirty());
  ASSERT_OK(file->Write(0, {}));
  EXPECT_FALSE(file->dirty());
  ASSERT_OK(file->Write(0, AsBytes("a")));
  EXPECT_TRUE(file->dirty());
  Must(file->MakeContent());
  EXPECT_FALSE(file->dirty());
  ASSERT_OK(file->Truncate(1));
  EXPECT_FALSE(file->dirty());
  ASSERT_OK(file->Truncate(0));
  EXPECT_TRUE(file->dirty());
}

TEST_F(DirtyFileTest, OneMebibyteChangedThenAtMostTwoBlocksDiffer) {
  const std::string text = RandomText(16 * kSmallBlockBytes);
  auto first = NewFile();
  ASSERT_OK(first->Write(0, AsBytes(text)));
  const std::shared_ptr<BlobReader> base = Commit(*first);
  DirtyFile file(store(), pool(), base);
  ASSERT_OK(file.Write(31 << 20, AsBytes(RandomText(1 << 20))));

  const auto blocks = std::get<BlockList>(Must(file.MakeContent()));

  ASSERT_EQ(blocks.size(), base->blocks()->size());
  size_t different = 0;
  for (size_t i = 0; i < blocks.size(); ++i) different += blocks[i] != (*base->blocks())[i];
  EXPECT_LE(different, 2U);
  EXPECT_GE(different, 1U);
}

TEST_F(DirtyFileTest, StagedBlockRewrittenThenTheRestOfItStays) {
  std::string text = RandomText(3 * kSmallBlockBytes);
  auto file = NewFile();
  ASSERT_OK(file->Write(0, AsBytes(text)));
  Must(file->MakeContent());

  ASSERT_OK(file->Write(kSmallBlockBytes + 5, AsBytes("changed")));

  text.replace(kSmallBlockBytes + 5, 7, "changed");
  EXPECT_EQ(ReadAll(*file), text);
  EXPECT_EQ(ReadAll(*Commit(*file)), text);
}

TEST_F(DirtyFileTest, TruncatedDownAndUpThenZerosBetween) {
  const std::string text = RandomText(2 * kSmallBlockBytes);
  auto first = NewFile();
  ASSERT_OK(first->Write(0, AsBytes(text)));
  DirtyFile file(store(), pool(), Commit(*first));

  ASSERT_OK(file.Truncate(1000));
  ASSERT_OK(file.Truncate(kSmallBlockBytes + 10));

  std::string expected = text.substr(0, 1000);
  expected.resize(kSmallBlockBytes + 10);
  EXPECT_EQ(ReadAll(file), expected);
  EXPECT_EQ(ReadAll(*Commit(file)), expected);
}

TEST_F(DirtyFileTest, WriteFarBeyondTheEndThenHolesCostNoMemory) {
  auto file = NewFile();
  const uint64_t far = uint64_t{1} << 41;
  ASSERT_OK(file->Truncate(far));
  EXPECT_EQ(pool().memory_used_bytes(), 0U);
  ASSERT_OK(file->Write(100 * kSmallBlockBytes, AsBytes("here")));

  const auto blocks = std::get<BlockList>(Must(file->MakeContent()));

  EXPECT_EQ(blocks.size(), BlockCount(far));
  EXPECT_EQ(blocks[0], blocks[99]);
  EXPECT_NE(blocks[0], blocks[100]);
  std::string read(8, 'x');
  EXPECT_EQ(Must(file->Read(100 * kSmallBlockBytes, std::as_writable_bytes(std::span(read)))), 8U);
  EXPECT_EQ(read, std::string("here\0\0\0\0", 8));
}

TEST_F(DirtyFileTest, BeyondTheLargestBlobThenTooLarge) {
  auto file = NewFile();
  EXPECT_CODE(kTooLarge, file->Write(BlobSizeMax(), AsBytes("a")));
  EXPECT_CODE(kTooLarge, file->Write(UINT64_MAX, AsBytes("ab")));
  EXPECT_CODE(kTooLarge, file->Truncate(BlobSizeMax() + 1));
  EXPECT_EQ(file->size_bytes(), 0U);
  EXPECT_OK(file->Truncate(BlobSizeMax()));
}

TEST_F(DirtyFileTest, FileEndsThenItsMemoryIsFree) {
  auto file = NewFile();
  ASSERT_OK(file->Write(0, AsBytes(RandomText(6 << 20))));
  EXPECT_GT(pool().memory_used_bytes(), 0U);
  file.reset();
  EXPECT_EQ(pool().memory_used_bytes(), 0U);
}

TEST_F(DirtyFileTest, RebasedAfterMoreWritesThenTheyStay) {
  std::string text = RandomText(3 * kSmallBlockBytes);
  auto file = NewFile();
  ASSERT_OK(file->Write(0, AsBytes(text)));
  std::shared_ptr<BlobReader> base = Commit(*file);
  ASSERT_OK(file->Write(10, AsBytes("later")));
  ASSERT_OK(file->Truncate(2 * kSmallBlockBytes + 1));
  ASSERT_OK(file->Truncate(2 * kSmallBlockBytes + 100));

  ASSERT_OK(file->Rebase(base));

  text.replace(10, 5, "later");
  text.resize(2 * kSmallBlockBytes + 1);
  text.resize(2 * kSmallBlockBytes + 100);
  EXPECT_EQ(ReadAll(*file), text);
  EXPECT_TRUE(file->dirty());
  EXPECT_EQ(ReadAll(*Commit(*file)), text);
}

TEST_F(DirtyFileTest, RebasedOnSomethingElseThenStale) {
  auto file = NewFile();
  ASSERT_OK(file->Write(0, AsBytes(RandomText(kSmallBlockBytes))));
  std::shared_ptr<BlobReader> old = Commit(*file);
  ASSERT_OK(file->Write(0, AsBytes("x")));
  Must(file->MakeContent());
  EXPECT_CODE(kStale, file->Rebase(old));
}

TEST_F(DirtyFileTest, BaseCutInAnotherWayThenContentStays) {
  const std::string text = RandomText(3 << 20);
  BlockList odd;
  for (size_t cut = 0; cut < 3; ++cut) {
    const ByteSpan bytes = AsBytes(text).subspan(cut << 20, 1 << 20);
    ASSERT_OK(store().StageBlock(Sha256(bytes), bytes));
    odd.push_back({Sha256(bytes), bytes.size()});
  }
  DirtyFile file(store(), pool(), CommitContent(odd));
  ASSERT_OK(file.Write(text.size(), AsBytes("!")));

  EXPECT_EQ(ReadAll(file), text + "!");
  EXPECT_EQ(ReadAll(*Commit(file)), text + "!");
}

TEST_F(DirtyFileTest, ContentIsMadeWhileAnotherBlockIsLoadedThenBothWritesAreKept) {
  const std::string text = RandomText(3 * kSmallBlockBytes);
  const std::string last = RandomText(kSmallBlockBytes, 2);
  CommitContent(Must([&] {
    DirtyFile first(store(), pool(), nullptr);
    Must(first.Write(0, AsBytes(text)));
    return first.MakeContent();
  }()));
  for (int round = 0; round < 20; ++round) {
    std::latch loading(1);
    DirtyFile file(
        store(), pool(),
        std::make_shared<AnnouncingReader>(Must(store().Open({"files", "file"}, {})), loading));
    ASSERT_OK(file.Write(2 * kSmallBlockBytes, AsBytes(last)));
    std::thread writer([&] { EXPECT_OK(file.Write(5, AsBytes("changed"))); });
    loading.wait();

    const auto made = file.MakeContent();

    writer.join();
    ASSERT_OK(made);
    std::string expected = text;
    expected.replace(5, 7, "changed");
    expected.replace(2 * kSmallBlockBytes, kSmallBlockBytes, last);
    ASSERT_TRUE(ReadAll(*Commit(file, "copy")) == expected);
  }
}

}  // namespace
}  // namespace replicafs
