#include "backend/embedded/rows.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "backend/embedded/keys.h"
#include "tests/support/matchers.h"

namespace replicafs::embedded {
namespace {

// A key that each table can have.
std::string KeyFor(TableId table) {
  switch (table) {
    case TableId::kVersions: return VersionKey(7, "name", VersionId{9});
    case TableId::kUnreferenced: return UnreferencedKey(Timestamp{5}, Sha256(AsBytes("block")));
    case TableId::kBlocks: return std::string(BlockKey(Sha256(AsBytes("block"))));
    default: return EntryKey(7, "name");
  }
}

std::vector<TableId> AllTables() {
  std::vector<TableId> all;
  for (size_t i = 0; i < kTableCount; ++i) all.push_back(static_cast<TableId>(i));
  return all;
}

TEST(Rows, SealedThenGivesItsValue) {
  for (const TableId table : AllTables()) {
    const std::string key = KeyFor(table);
    for (const std::string value : {"", "x", "a longer value than that"})
      EXPECT_EQ(Must(UnsealRow(table, key, SealRow(table, key, value))), value) << NameOf(table);
  }
}

TEST(Rows, AnyByteAlteredOrCutThenCorrupt) {
  const std::string key = EntryKey(1, "a");
  const std::string row = SealRow(TableId::kEntries, key, "value");

  for (size_t i = 0; i < row.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string altered = row;
      altered[i] = static_cast<char>(altered[i] ^ (1 << bit));
      EXPECT_CODE(kCorrupt, UnsealRow(TableId::kEntries, key, altered)) << i << " " << bit;
    }
    EXPECT_CODE(kCorrupt, UnsealRow(TableId::kEntries, key, row.substr(0, i))) << i;
  }
  EXPECT_CODE(kCorrupt, UnsealRow(TableId::kEntries, key, row + '\0'));
}

TEST(Rows, OfAnotherKeyOrTableThenCorrupt) {
  const std::string row = SealRow(TableId::kContents, NumberKey(1), "value");

  EXPECT_CODE(kCorrupt, UnsealRow(TableId::kContents, NumberKey(2), row));
  EXPECT_CODE(kCorrupt, UnsealRow(TableId::kJournal, NumberKey(1), row));
}

TEST(Rows, PlainRowThenReadOnlyWhereTheyMayBe) {
  const std::string row = std::string("\1") + "value";

  EXPECT_EQ(Must(UnsealRow(TableId::kContents, NumberKey(1), row)), "value");
  EXPECT_CODE(kCorrupt, UnsealRow(TableId::kState, "skey", row));
}

TEST(Rows, KeyTooShortThenCorrupt) {
  for (const TableId table : AllTables()) {
    std::string key = KeyFor(table);
    const std::string row = SealRow(table, "", "value");
    EXPECT_CODE(kCorrupt, UnsealRow(table, "", row)) << NameOf(table);
  }
}

TEST(Rows, DescribedThenInReadableWords) {
  EXPECT_EQ(DescribeRow(TableId::kEntries, EntryKey(7, "a/")),
            "row of 'entries' (directory 7, name 'a/')");
  EXPECT_EQ(DescribeRow(TableId::kJournal, NumberKey(12)), "row of 'journal' (event 12)");
  EXPECT_EQ(DescribeRow(TableId::kState, StateKey("links/x")), "row of 'state' ('links/x')");
}

}  // namespace
}  // namespace replicafs::embedded
