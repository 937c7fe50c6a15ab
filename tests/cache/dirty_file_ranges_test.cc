// Holes, and blocks that come by name.
#include <string>
#include <variant>

#include "backend/blob/block_schedule.h"
#include "tests/cache/dirty_file_fixture.h"

namespace replicafs {
namespace {

using DirtyFileRanges = DirtyFileFixture;

constexpr uint64_t kBlock = kSmallBlockBytes;

std::string Zeroed(std::string text, uint64_t offset, uint64_t length) {
  return text.replace(offset, length, length, '\0');
}

TEST_F(DirtyFileRanges, ZeroedInsideABlockThenTheRestStays) {
  const std::string text = RandomText(2 * kBlock);
  auto file = NewFile();
  ASSERT_OK(file->Write(0, AsBytes(text)));

  ASSERT_OK(file->Zero(100, 1000));
  ASSERT_OK(file->Zero(kBlock - 10, 200'000));

  const std::string wanted = Zeroed(Zeroed(text, 100, 1000), kBlock - 10, 200'000);
  EXPECT_TRUE(ReadAll(*file) == wanted);
  EXPECT_TRUE(ReadAll(*Commit(*file)) == wanted);
}

TEST_F(DirtyFileRanges, WholeBlocksZeroedThenTheyAreHolesAndTakeNoMemory) {
  auto file = NewFile();
  ASSERT_OK(file->Write(0, AsBytes(RandomText(3 * kBlock + 5))));
  Must(file->MakeContent());

  ASSERT_OK(file->Zero(kBlock, 2 * kBlock));

  EXPECT_EQ(file->Find(Extent::kHole, 0), kBlock);
  EXPECT_EQ(file->Find(Extent::kHole, kBlock + 7), kBlock + 7);
  EXPECT_EQ(file->Find(Extent::kData, kBlock), 3 * kBlock);
  EXPECT_EQ(file->Find(Extent::kHole, 3 * kBlock), 3 * kBlock + 5);
  const auto blocks = std::get<BlockList>(Must(file->MakeContent()));
  EXPECT_EQ(blocks[1], blocks[2]);
  EXPECT_TRUE(IsZeros(blocks[1]));
}

TEST_F(DirtyFileRanges, ZeroedTailOfTheLastBlockThenTheSizeStays) {
  const std::string text = RandomText(kBlock + 1000);
  auto file = NewFile();
  ASSERT_OK(file->Write(0, AsBytes(text)));

  ASSERT_OK(file->Zero(kBlock, 10 * kBlock));
  ASSERT_OK(file->Zero(20 * kBlock, 1));
  ASSERT_OK(file->Zero(0, 0));

  EXPECT_EQ(file->size_bytes(), kBlock + 1000);
  EXPECT_TRUE(ReadAll(*Commit(*file)) == Zeroed(text, kBlock, 1000));
}

TEST_F(DirtyFileRanges, HoleWrittenAgainThenOnlyThatIsData) {
  auto file = NewFile();
  ASSERT_OK(file->Write(0, AsBytes(RandomText(kBlock))));
  ASSERT_OK(file->Zero(0, kBlock));

  ASSERT_OK(file->Write(10, AsBytes("abc")));

  EXPECT_TRUE(ReadAll(*Commit(*file)) ==
              std::string(10, '\0') + "abc" + std::string(kBlock - 13, '\0'));
}

TEST_F(DirtyFileRanges, ZeroedAfterACommitThenTheNextHasTheHole) {
  const std::string text = RandomText(2 * kBlock);
  auto file = NewFile();
  ASSERT_OK(file->Write(0, AsBytes(text)));
  ASSERT_OK(file->Rebase(Commit(*file)));
  EXPECT_FALSE(file->dirty());

  ASSERT_OK(file->Zero(0, kBlock));

  EXPECT_TRUE(file->dirty());
  EXPECT_TRUE(ReadAll(*Commit(*file)) == Zeroed(text, 0, kBlock));
  EXPECT_EQ(file->Find(Extent::kData, 0), kBlock);
}

TEST_F(DirtyFileRanges, GrownThenTheNewPartIsAHole) {
  auto file = NewFile();
  ASSERT_OK(file->Write(0, AsBytes("x")));
  ASSERT_OK(file->Truncate(5 * kBlock));

  EXPECT_EQ(file->Find(Extent::kData, 0), 0U);
  EXPECT_EQ(file->Find(Extent::kHole, 0), kBlock);
  EXPECT_EQ(file->Find(Extent::kData, kBlock), std::nullopt);
  EXPECT_EQ(file->Find(Extent::kHole, 5 * kBlock), std::nullopt);
}

TEST_F(DirtyFileRanges, BlocksSharedThenReadAsThoseOfTheSource) {
  const std::string text = RandomText(2 * kBlock + 10);
  auto source = NewFile();
  ASSERT_OK(source->Write(0, AsBytes(text)));
  const auto reader = Commit(*source, "source");
  auto file = NewFile();
  ASSERT_OK(file->Write(0, AsBytes("head")));

  ASSERT_OK(file->Share(kBlock, *reader->blocks()));

  const std::string wanted = "head" + std::string(kBlock - 4, '\0') + text;
  EXPECT_TRUE(ReadAll(*file) == wanted);
  ASSERT_OK(file->Write(kBlock + 1, AsBytes("!")));
  EXPECT_TRUE(ReadAll(*Commit(*file, "copy")) == Zeroed(wanted, 0, 0).replace(kBlock + 1, 1, "!"));
  EXPECT_TRUE(ReadAll(*reader) == text);
}

TEST_F(DirtyFileRanges, BlocksThatDoNotFitThenInvalidAndNothingChanged) {
  auto source = NewFile();
  ASSERT_OK(source->Write(0, AsBytes(RandomText(kBlock + 10))));
  const auto reader = Commit(*source, "source");
  const BlockList& blocks = *reader->blocks();
  auto file = NewFile();
  ASSERT_OK(file->Write(0, AsBytes(RandomText(3 * kBlock, 2))));
  const std::string before = ReadAll(*file);

  EXPECT_CODE(kInvalid, file->Share(1, blocks)) << "not at the start of a block";
  EXPECT_CODE(kInvalid, file->Share(kBlock, blocks)) << "the short block would leave a gap";
  EXPECT_CODE(kInvalid, file->Share(0, BlockList{blocks[1], blocks[0]}));
  EXPECT_CODE(kNotFound, file->Share(0, BlockList{{Sha256(AsBytes("nowhere")), kBlock}}));

  EXPECT_TRUE(ReadAll(*file) == before);
}

}  // namespace
}  // namespace replicafs
