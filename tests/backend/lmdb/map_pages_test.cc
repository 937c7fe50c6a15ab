#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "backend/lmdb/environment.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

namespace replicafs::lmdb {
namespace {

constexpr int kRows = 4000;
constexpr size_t kRowBytes = 4000;

// Of the file, in this process's memory.
uint64_t MappedBytesOf(const std::string& file) {
  std::ifstream maps("/proc/self/smaps");
  uint64_t kib = 0;
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    if (line.find('-') < line.find(' ')) inside = line.ends_with(" " + file);
    if (inside && line.starts_with("Rss:")) kib += std::stoull(line.substr(4));
  }
  return kib << 10;
}

// What is mapped after each row was read in a transaction of its own.
uint64_t MappedAfterReading(uint64_t most_bytes) {
  const TempDirectory place;
  const auto environment = Must(Environment::Open(place.path(), {.mapped_max_bytes = most_bytes}));
  const std::array<std::string_view, 1> names{"rows"};
  const Table table = Must(environment->OpenTables(names)).front();
  Must(environment->Update([&](WriteTransaction& transaction) -> Status {
    for (int i = 0; i < kRows; ++i)
      TRY(table.Put(transaction, fmt::format("{:06}", i), std::string(kRowBytes, 'x')));
    return Ok();
  }));
  for (int i = 0; i < kRows; ++i) {
    const auto transaction = Must(environment->BeginRead());
    const auto row = Must(table.Get(transaction, fmt::format("{:06}", i)));
    EXPECT_EQ(row, std::string(kRowBytes, 'x'));
  }
  return MappedBytesOf(place.path() + "/data.mdb");
}

TEST(MapPages, MoreIsMappedThanMayBeThenItIsGivenBackAndCanStillBeRead) {
  constexpr uint64_t kAll = kRows * kRowBytes;
  EXPECT_GT(MappedAfterReading(UINT64_MAX), kAll);
  EXPECT_LT(MappedAfterReading(1), kAll / 4);
}

}  // namespace
}  // namespace replicafs::lmdb
