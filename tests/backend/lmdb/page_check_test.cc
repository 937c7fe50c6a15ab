#include "backend/lmdb/page_check.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <random>

#include "backend/base/unique_fd.h"
#include "backend/lmdb/environment.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

namespace replicafs::lmdb {
namespace {

constexpr std::array<std::string_view, 2> kNames{"one", "two"};
constexpr size_t kPageBytes = 4096;
constexpr size_t kTransactionAt = 144;   // in a meta page
constexpr size_t kTreesAt[] = {40, 88};  // free pages, tables; in a meta page
constexpr size_t kFlagsAt = 4;           // in a tree

class PageCheckTest : public ::testing::Test {
 protected:
  std::unique_ptr<Environment> Open() {
    return Must(Environment::Open(
        directory_.path(), {.initial_map_bytes = 64 << 10, .durability = Durability::kUnsynced}));
  }
  std::string File() const { return directory_ / "data.mdb"; }
  void Alter(size_t offset) {
    std::string bytes = Must(ReadWholeFile(File()));
    bytes[offset] = static_cast<char>(bytes[offset] ^ 4);
    const UniqueFd file = Must(OpenFile(File(), O_WRONLY));
    const std::span<const char> all(bytes);
    ASSERT_OK(WriteFullAt(file.get(), std::as_bytes(all), 0));
  }
  void PutRows(Environment& environment, int count) {
    const auto tables = Must(environment.OpenTables(kNames));
    ASSERT_OK(environment.Update([&](WriteTransaction& transaction) -> Status {
      for (int i = 0; i < count; ++i)
        TRY(tables[0].Put(transaction, "key" + std::to_string(i), std::string(100, 'v')));
      return Ok();
    }));
  }

  TempDirectory directory_;
};

// The check must hold of all that LMDB does.
TEST_F(PageCheckTest, RandomChangesThenNothingIsFound) {
  const uint64_t seed = std::random_device()();
  std::mt19937_64 random(seed);
  const auto environment = Open();
  const auto tables = Must(environment->OpenTables(kNames));

  for (int round = 0; round < 150; ++round) {
    const bool fails = random() % 10 == 0;
    const Status done = environment->Update([&](WriteTransaction& transaction) -> Status {
      const uint64_t changes = 1 + random() % 60;
      for (uint64_t i = 0; i < changes; ++i) {
        const Table& table = tables[random() % 2];
        const std::string key(1 + random() % 200, static_cast<char>('a' + random() % 26));
        if (random() % 3 == 0) {
          TRY(table.Delete(transaction, key));
        } else {
          TRY(table.Put(transaction, key,
                        std::string(random() % (random() % 9 == 0 ? 40000 : 300), 'v')));
        }
      }
      return fails ? Status(Error{ErrorCode::kCancelled, "not this one"}) : Ok();
    });
    ASSERT_EQ(done.has_value(), !fails) << seed;
    for (const PageDepth depth : {PageDepth::kAll, PageDepth::kBranches})
      ASSERT_THAT(Must(environment->FindDamage(depth)), ::testing::IsEmpty()) << seed;
  }
}

TEST_F(PageCheckTest, LaterMetaLostItsNumberThenNotOpenedAtTheEarlierState) {
  { PutRows(*Open(), 1); }
  for (const size_t meta : {size_t{0}, kPageBytes}) {
    Alter(meta + kTransactionAt);
    EXPECT_CODE(kCorrupt, Environment::Open(directory_.path(), {}));
    Alter(meta + kTransactionAt);
  }
  EXPECT_OK(Environment::Open(directory_.path(), {}));
}

// LMDB would believe them, and free what it never allocated.
TEST_F(PageCheckTest, FlagsOfATreeAlteredThenNotOpened) {
  { PutRows(*Open(), 1); }
  const std::string bytes = Must(ReadWholeFile(File()));
  std::vector<std::vector<size_t>> trees;
  for (const size_t meta : {size_t{0}, kPageBytes})
    for (const size_t tree : kTreesAt) trees.push_back({meta + tree});
  for (const std::string_view name : kNames) {
    // Pages that are no longer in use name it as well.
    std::vector<size_t>& copies = trees.emplace_back();
    for (size_t at = bytes.find(name); at != std::string::npos; at = bytes.find(name, at + 1))
      copies.push_back(at + name.size());
    ASSERT_FALSE(copies.empty());
  }

  for (const std::vector<size_t>& tree : trees) {
    for (const size_t copy : tree) Alter(copy + kFlagsAt);
    EXPECT_CODE(kCorrupt, Environment::Open(directory_.path(), {})) << tree.front();
    for (const size_t copy : tree) Alter(copy + kFlagsAt);
  }
  EXPECT_OK(Environment::Open(directory_.path(), {}));
}

TEST_F(PageCheckTest, FileMissingThenMadeOrRefused) {
  EXPECT_CODE(kCorrupt, Environment::Open(directory_.path(), {.missing = Missing::kRefuse}));
  EXPECT_OK(Environment::Open(directory_.path(), {.missing = Missing::kMake}));
}

TEST_F(PageCheckTest, PageAlteredWhileOpenThenFoundAndNamed) {
  const auto environment = Open();
  PutRows(*environment, 500);
  std::string bytes = Must(ReadWholeFile(File()));
  size_t leaf = 2 * kPageBytes;
  while (bytes[leaf + 10] != 2) leaf += kPageBytes;
  size_t altered = 0;
  for (; leaf < bytes.size(); leaf += kPageBytes) {
    if (bytes[leaf + 10] != 2) continue;
    Alter(leaf + 12);
    ++altered;
  }

  const auto damage = Must(environment->FindDamage(PageDepth::kAll));

  ASSERT_FALSE(damage.empty()) << altered;
  EXPECT_THAT(damage.front(), ::testing::HasSubstr("page "));
}

}  // namespace
}  // namespace replicafs::lmdb
