#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "backend/blob/block_schedule.h"
#include "tests/cache/dirty_file_fixture.h"
#include "tests/support/matchers.h"

namespace replicafs {
namespace {

constexpr size_t kChunkBytes = 128 << 10;

class SmallBudgetTest : public DirtyFileFixture {
 protected:
  static constexpr uint64_t kBudgetBytes = uint64_t{16} << 20;
  SmallBudgetTest() : DirtyFileFixture({.memory_max_bytes = kBudgetBytes}) {}
};

// Writes the text in pieces as large as the kernel's.
Status WriteInChunks(DirtyFile& file, const std::string& text) {
  for (size_t at = 0; at < text.size(); at += kChunkBytes)
    TRY(file.Write(at, AsBytes(std::string_view(text).substr(at, kChunkBytes))));
  return Ok();
}

TEST_F(SmallBudgetTest, ThousandFilesWithADirtyBlockEachThenAllKeepTheirContent) {
  std::vector<std::unique_ptr<DirtyFile>> files;
  for (size_t i = 0; i < 1000; ++i) {
    files.push_back(NewFile());
    ASSERT_OK(files.back()->Write(0, AsBytes(RandomText(100'000, i))));
    ASSERT_LE(pool().memory_used_bytes(), kBudgetBytes);
  }
  for (size_t i = 0; i < files.size(); ++i) {
    ASSERT_OK(files[i]->Write(50'000, AsBytes("again")));
    std::string expected = RandomText(100'000, i);
    expected.replace(50'000, 5, "again");
    ASSERT_EQ(ReadAll(*Commit(*files[i])), expected) << i;
  }
  files.clear();
  EXPECT_EQ(pool().memory_used_bytes(), 0U);
}

TEST_F(SmallBudgetTest, EightWritersOfFourBudgetsEachThenAllContentIsThere) {
  constexpr size_t kWriters = 8;
  std::atomic<bool> over = false;
  std::vector<std::thread> writers;
  for (size_t i = 0; i < kWriters; ++i) {
    writers.emplace_back([this, i, &over] {
      const std::string text = RandomText(size_t{64} << 20, i);
      auto file = NewFile();
      EXPECT_OK(WriteInChunks(*file, text));
      if (pool().memory_used_bytes() > kBudgetBytes + (kWriters + 2) * kSmallBlockBytes)
        over = true;
      EXPECT_TRUE(ReadAll(*Commit(*file, std::to_string(i))) == text);
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_FALSE(over);
  EXPECT_EQ(pool().memory_used_bytes(), 0U);
}

TEST_F(SmallBudgetTest, SequentialWriteThenFullBlocksAreStagedMeanwhile) {
  const std::string text = RandomText(4 * kBudgetBytes);
  auto file = NewFile();

  ASSERT_OK(WriteInChunks(*file, text));

  const Digest first = Sha256(AsBytes(text).first(kSmallBlockBytes));
  EXPECT_TRUE(Must(store().HasBlocks({&first, 1}))[0]);
}

TEST_F(SmallBudgetTest, ReaderBesideAWriterThenSeesWhatWasWritten) {
  const std::string text = RandomText(4 * kBudgetBytes);
  auto file = NewFile();
  std::atomic<size_t> written = 0;
  std::thread writer([&] {
    for (size_t at = 0; at < text.size(); at += kChunkBytes) {
      EXPECT_OK(file->Write(at, AsBytes(std::string_view(text).substr(at, kChunkBytes))));
      written = at + kChunkBytes;
    }
  });
  uint64_t random = 7;
  while (written < text.size()) {
    random = random * 6364136223846793005U + 1442695040888963407U;
    const size_t end = written;
    if (end == 0) continue;
    const size_t at = (random >> 20) % end;
    const size_t size = std::min<size_t>(50'000, end - at);
    EXPECT_TRUE(ReadRange(*file, at, size) == text.substr(at, size));
  }
  writer.join();
}

TEST_F(SmallBudgetTest, ManyThreadsOnOneFileThenNothingIsLost) {
  constexpr size_t kWriters = 4;
  auto file = NewFile();
  std::vector<std::thread> writers;
  for (size_t i = 0; i < kWriters; ++i) {
    writers.emplace_back([&file, i] {
      const std::string text = RandomText(kChunkBytes, i);
      for (uint64_t round = 0; round < 100; ++round)
        EXPECT_OK(file->Write((round * kWriters + i) * kChunkBytes, AsBytes(text)));
    });
  }
  for (int i = 0; i < 5; ++i) Must(file->MakeContent());
  for (std::thread& writer : writers) writer.join();

  const auto committed = Commit(*file);
  for (uint64_t i = 0; i < 100 * kWriters; ++i)
    ASSERT_TRUE(ReadRange(*committed, i * kChunkBytes, kChunkBytes) ==
                RandomText(kChunkBytes, i % kWriters));
}

TEST(WritePoolTest, NoScratchDirectoryThenWriteFailsAndEarlierContentStays) {
  MemoryAccount account;
  TempDirectory directory;
  WritePool pool(directory / "missing", {.memory_max_bytes = 1 << 20});
  DirtyFile file(account.store(), pool, nullptr);
  const std::string text = RandomText(1 << 20);
  ASSERT_OK(file.Write(0, AsBytes(text)));

  EXPECT_CODE(kNotFound, file.Write(kSmallBlockBytes, AsBytes("more")));

  EXPECT_EQ(ReadAll(file), text);
  EXPECT_OK(file.MakeContent());
}

}  // namespace
}  // namespace replicafs
