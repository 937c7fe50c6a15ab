// A named table: byte strings (1 to 511 bytes) to byte strings, in byte order of the keys.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "backend/base/result.h"
#include "backend/lmdb/transaction.h"

namespace replicafs::lmdb {

constexpr size_t kKeyMaxBytes = 511;

// A handle, valid while its Environment is open. Copyable, thread-safe.
class Table {
 public:
  Table() = default;

  // nullopt when there is no such row.
  Result<std::optional<std::string_view>> Get(const Transaction& transaction,
                                              std::string_view key) const;
  // Inserts or replaces.
  Status Put(WriteTransaction& transaction, std::string_view key, std::string_view value) const;
  // Inserts a row that sorts after all others; kExists when it does not.
  Status Append(WriteTransaction& transaction, std::string_view key, std::string_view value) const;
  // Whether there was such a row.
  Result<bool> Delete(WriteTransaction& transaction, std::string_view key) const;
  Result<size_t> Count(const Transaction& transaction) const;

 private:
  friend class Cursor;
  friend class Environment;
  explicit Table(unsigned handle) : handle_(handle) {}

  unsigned handle_ = 0;
};

}  // namespace replicafs::lmdb
