// The account's tables as rows with checksums (FORMAT.md). A row that does not hold what was
// written is kCorrupt wherever it is met, and the error names it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backend/base/result.h"
#include "backend/lmdb/cursor.h"
#include "backend/lmdb/table.h"
#include "backend/lmdb/transaction.h"

namespace replicafs::embedded {

// In the order of their numbers, which checksums cover.
enum class TableId : uint8_t {
  kMeta,
  kContainers,
  kEntries,
  kGraves,
  kVersions,
  kContents,
  kContentRefs,
  kBlocks,
  kUnreferenced,
  kJournal,
  kState,
};
constexpr size_t kTableCount = 11;

std::string_view NameOf(TableId table);
// "row of 'entries' (directory 3, name 'a')".
std::string DescribeRow(TableId table, std::string_view key);

// The bytes of a row: its form, the value, the checksum of both, of the key and of the table.
std::string SealRow(TableId table, std::string_view key, std::string_view value);
// Whether it is a row that SealRow made.
bool IsSealed(TableId table, std::string_view key, std::string_view row);
// The value in a row, or why there is none. kIo: the disk cannot read it. Both views may lie in the
// database's map; all bytes of them have been looked at when there is a value, so that it can be
// decoded without further ado.
Result<std::string_view> UnsealRow(TableId table, std::string_view key, std::string_view row);

// A handle like lmdb::Table, and with its rules.
class Table {
 public:
  Table() = default;
  Table(TableId id, lmdb::Table rows) : id_(id), rows_(rows) {}

  TableId id() const { return id_; }
  // Rows as they are stored.
  const lmdb::Table& rows() const { return rows_; }

  Result<std::optional<std::string_view>> Get(const lmdb::Transaction& transaction,
                                              std::string_view key) const;
  Status Put(lmdb::WriteTransaction& transaction, std::string_view key,
             std::string_view value) const;
  Status Append(lmdb::WriteTransaction& transaction, std::string_view key,
                std::string_view value) const;
  Result<bool> Delete(lmdb::WriteTransaction& transaction, std::string_view key) const {
    return rows_.Delete(transaction, key);
  }

 private:
  TableId id_ = TableId::kMeta;
  lmdb::Table rows_;
};

// Like lmdb::Cursor, but key() is the cursor's own. A move onto a damaged row is an error, and so
// is one that ends at a key out of order: no walk sees a row twice, or without end.
class Cursor {
 public:
  static Result<Cursor> Open(const lmdb::Transaction& transaction, const Table& table);

  Result<bool> Seek(std::string_view key);
  Result<bool> SeekAfter(std::string_view key);
  Result<bool> SeekBefore(std::string_view key);
  Result<bool> First();
  // REQUIRES: the last move found a row.
  Result<bool> Next();
  Result<bool> Previous();

  std::string_view key() const { return key_; }
  std::string_view value() const { return value_; }

 private:
  // How the key that was reached must lie to the one that was asked for.
  enum class Order { kAny, kNotBefore, kAfter, kBefore };

  Cursor(TableId id, lmdb::Cursor rows) : id_(id), rows_(std::move(rows)) {}
  Result<bool> Reached(Result<bool> found, Order order, std::string_view asked);

  TableId id_;
  lmdb::Cursor rows_;
  std::string key_;
  std::string_view value_;
};

}  // namespace replicafs::embedded
