// Walks a table in key order.
#pragma once

#include <string_view>

#include "backend/base/result.h"
#include "backend/lmdb/table.h"
#include "backend/lmdb/transaction.h"

struct MDB_cursor;

namespace replicafs::lmdb {

// Must end before its transaction. The moves answer whether there is such a row; key() and value()
// are those of the row that the last successful move reached.
class Cursor {
 public:
  static Result<Cursor> Open(const Transaction& transaction, const Table& table);
  Cursor(Cursor&& other) noexcept;
  Cursor& operator=(Cursor&&) = delete;
  ~Cursor();

  // The first row whose key is not less than `key`; any length of key will do.
  Result<bool> Seek(std::string_view key);
  // The first row whose key is greater.
  Result<bool> SeekAfter(std::string_view key);
  // The last row whose key is less.
  Result<bool> SeekBefore(std::string_view key);
  Result<bool> First();
  Result<bool> Last();
  Result<bool> Next();
  Result<bool> Previous();

  std::string_view key() const { return key_; }
  std::string_view value() const { return value_; }

 private:
  explicit Cursor(MDB_cursor* handle) : handle_(handle) {}
  Result<bool> Move(int operation, std::string_view key);

  MDB_cursor* handle_;
  std::string_view key_;
  std::string_view value_;
};

}  // namespace replicafs::lmdb
