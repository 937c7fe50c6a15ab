#include "backend/lmdb/table.h"

#include <lmdb.h>

#include "backend/lmdb/fault_guard.h"
#include "backend/lmdb/lmdb_error.h"
#include "backend/lmdb/values.h"

namespace replicafs::lmdb {

Result<std::optional<std::string_view>> Table::Get(const Transaction& transaction,
                                                   std::string_view key) const {
  MDB_val k = ToValue(key);
  MDB_val v{};
  const int code = Guarded([&] { return mdb_get(transaction.handle(), handle_, &k, &v); });
  if (code == MDB_NOTFOUND) return std::optional<std::string_view>();
  if (code != MDB_SUCCESS) return LmdbError("read a row", code);
  return std::optional<std::string_view>(ToView(v));
}

Status Table::Put(WriteTransaction& transaction, std::string_view key,
                  std::string_view value) const {
  MDB_val k = ToValue(key);
  MDB_val v = ToValue(value);
  const int code = transaction.Mutated(
      Guarded([&] { return mdb_put(transaction.handle(), handle_, &k, &v, 0); }));
  if (code != MDB_SUCCESS) return LmdbError("write a row", code);
  return Ok();
}

Status Table::Append(WriteTransaction& transaction, std::string_view key,
                     std::string_view value) const {
  MDB_val k = ToValue(key);
  MDB_val v = ToValue(value);
  const int code = transaction.Mutated(
      Guarded([&] { return mdb_put(transaction.handle(), handle_, &k, &v, MDB_APPEND); }));
  if (code != MDB_SUCCESS) return LmdbError("append a row", code);
  return Ok();
}

Result<bool> Table::Delete(WriteTransaction& transaction, std::string_view key) const {
  MDB_val k = ToValue(key);
  const int code = transaction.Mutated(
      Guarded([&] { return mdb_del(transaction.handle(), handle_, &k, nullptr); }));
  if (code == MDB_NOTFOUND) return false;
  if (code != MDB_SUCCESS) return LmdbError("delete a row", code);
  return true;
}

Result<size_t> Table::Count(const Transaction& transaction) const {
  MDB_stat stat{};
  const int code = mdb_stat(transaction.handle(), handle_, &stat);
  if (code != MDB_SUCCESS) return LmdbError("count rows", code);
  return stat.ms_entries;
}

}  // namespace replicafs::lmdb
