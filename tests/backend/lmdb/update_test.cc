#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "backend/lmdb/cursor.h"
#include "backend/lmdb/environment.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

namespace replicafs::lmdb {
namespace {

class UpdateTest : public ::testing::Test {
 protected:
  static constexpr std::array<std::string_view, 1> kNames{"rows"};

  bool Has(const std::string& key) {
    const auto transaction = Must(environment_->BeginRead());
    return Must(table_.Get(transaction, key)).has_value();
  }
  static Error Refused() { return Error{ErrorCode::kPrecondition, "refused"}; }

  TempDirectory directory_;
  std::unique_ptr<Environment> environment_ =
      Must(Environment::Open(directory_.path(), {.initial_map_bytes = 64 << 10}));
  Table table_ = Must(environment_->OpenTables(kNames)).front();
};

TEST_F(UpdateTest, TinyMapAndConcurrentReadersThenGrows) {
  std::atomic<bool> done = false;
  std::atomic<int> reads = 0;
  std::vector<std::jthread> readers;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&] {
      while (!done) {
        const auto transaction = Must(environment_->BeginRead());
        auto cursor = Must(Cursor::Open(transaction, table_));
        bool found = Must(cursor.First());
        while (found) {
          REPLICAFS_CHECK(cursor.value().size() == 1000);
          found = Must(cursor.Next());
        }
        ++reads;
      }
    });
  }

  readers.emplace_back([&] {
    uint64_t last = 0;
    while (!done) {
      const uint64_t now = environment_->LastTransactionId();
      REPLICAFS_CHECK(now >= last);
      last = now;
    }
  });

  for (int i = 0; i < 500; ++i) {
    ASSERT_OK(environment_->Update([&](WriteTransaction& transaction) {
      return table_.Put(transaction, "key" + std::to_string(i), std::string(1000, 'x'));
    }));
  }
  done = true;
  readers.clear();

  EXPECT_GT(environment_->MapBytes(), uint64_t{512} << 10);
  EXPECT_GT(reads, 0);
  EXPECT_TRUE(Has("key0"));
  EXPECT_TRUE(Has("key499"));
}

// Each commit puts its own number into the row.
TEST_F(UpdateTest, TransactionIdToldThenWhatItChangedIsSeen) {
  const uint64_t before = environment_->LastTransactionId();
  std::atomic<bool> done = false;
  std::jthread reader([&] {
    while (!done) {
      const uint64_t id = environment_->LastTransactionId();
      const auto transaction = Must(environment_->BeginRead());
      const auto value = Must(table_.Get(transaction, "commits"));
      const uint64_t commits = value ? std::stoull(std::string(*value)) : 0;
      EXPECT_LE(id, before + commits) << "a commit was told before it was seen";
    }
  });

  for (int i = 1; i <= 300; ++i) {
    ASSERT_OK(environment_->Update([&](WriteTransaction& transaction) {
      return table_.Put(transaction, "commits", std::to_string(i));
    }));
  }
  done = true;
}

TEST_F(UpdateTest, ManyThreadsThenEveryRowIsThere) {
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < kThreads; ++writer) {
      writers.emplace_back([&, writer] {
        for (int i = 0; i < kEach; ++i) {
          Must(environment_->Update([&](WriteTransaction& transaction) {
            return table_.Put(transaction, std::to_string(writer * kEach + i), "x");
          }));
        }
      });
    }
  }

  EXPECT_EQ(Must(table_.Count(Must(environment_->BeginRead()))), size_t{kThreads * kEach});
}

TEST_F(UpdateTest, SomeFailBeforeOrAfterChangingThenOnlyTheyFail) {
  constexpr int kThreads = 9;
  constexpr int kEach = 40;
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < kThreads; ++writer) {
      writers.emplace_back([&, writer] {
        for (int i = 0; i < kEach; ++i) {
          const std::string key = std::to_string(writer) + "/" + std::to_string(i);
          const Status status = environment_->Update([&](WriteTransaction& transaction) -> Status {
            if (writer % 3 == 1) return Refused();
            TRY(table_.Put(transaction, key, "x"));
            if (writer % 3 == 2) return Refused();
            return Ok();
          });
          if (status.has_value() != (writer % 3 == 0)) ++wrong;
        }
      });
    }
  }

  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(Must(table_.Count(Must(environment_->BeginRead()))), size_t{kThreads / 3 * kEach});
}

TEST_F(UpdateTest, FailsAfterChangingThenNothingHappened) {
  const Status status = environment_->Update([&](WriteTransaction& transaction) -> Status {
    TRY(table_.Put(transaction, "key", "x"));
    return Refused();
  });

  EXPECT_CODE(kPrecondition, status);
  EXPECT_FALSE(Has("key"));
}

TEST_F(UpdateTest, NothingChangedThenTransactionIdStays) {
  const uint64_t before = environment_->LastTransactionId();

  ASSERT_OK(environment_->Update([](WriteTransaction&) { return Ok(); }));

  EXPECT_EQ(environment_->LastTransactionId(), before);
}

TEST_F(UpdateTest, KeyTooLongThenNameTooLong) {
  EXPECT_CODE(kNameTooLong, environment_->Update([&](WriteTransaction& transaction) {
    return table_.Put(transaction, std::string(kKeyMaxBytes + 1, 'k'), "x");
  }));
}

TEST_F(UpdateTest, CursorSeeksThenFindNeighbours) {
  ASSERT_OK(environment_->Update([&](WriteTransaction& transaction) -> Status {
    for (const std::string_view key : {"b", "d", "f"}) TRY(table_.Put(transaction, key, key));
    return Ok();
  }));
  const auto transaction = Must(environment_->BeginRead());
  auto cursor = Must(Cursor::Open(transaction, table_));

  EXPECT_TRUE(Must(cursor.Seek("c")));
  EXPECT_EQ(cursor.key(), "d");
  EXPECT_TRUE(Must(cursor.SeekAfter("d")));
  EXPECT_EQ(cursor.key(), "f");
  EXPECT_TRUE(Must(cursor.SeekBefore("d")));
  EXPECT_EQ(cursor.key(), "b");
  EXPECT_TRUE(Must(cursor.SeekBefore("z")));
  EXPECT_EQ(cursor.key(), "f");
  EXPECT_FALSE(Must(cursor.SeekBefore("b")));
  EXPECT_TRUE(Must(cursor.Seek(std::string("c").append(600, 'x'))));
  EXPECT_EQ(cursor.key(), "d");
}

}  // namespace
}  // namespace replicafs::lmdb
