#include "backend/lmdb/cursor.h"

#include <lmdb.h>

#include <utility>

#include "backend/lmdb/fault_guard.h"
#include "backend/lmdb/lmdb_error.h"
#include "backend/lmdb/values.h"

namespace replicafs::lmdb {

Result<Cursor> Cursor::Open(const Transaction& transaction, const Table& table) {
  MDB_cursor* handle = nullptr;
  const int code =
      Guarded([&] { return mdb_cursor_open(transaction.handle(), table.handle_, &handle); });
  if (code != MDB_SUCCESS) return LmdbError("open a cursor", code);
  return Cursor(handle);
}

Cursor::Cursor(Cursor&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), key_(other.key_), value_(other.value_) {}

Cursor::~Cursor() {
  if (handle_ != nullptr) mdb_cursor_close(handle_);
}

Result<bool> Cursor::Move(int operation, std::string_view key) {
  MDB_val k = ToValue(key);
  MDB_val v{};
  const int code = Guarded(
      [&] { return mdb_cursor_get(handle_, &k, &v, static_cast<MDB_cursor_op>(operation)); });
  if (code == MDB_NOTFOUND) return false;
  if (code != MDB_SUCCESS) return LmdbError("move a cursor", code);
  key_ = ToView(k);
  value_ = ToView(v);
  return true;
}

Result<bool> Cursor::Seek(std::string_view key) {
  if (key.empty()) return First();
  // No row has a longer key, so what follows the cut one follows the whole one.
  if (key.size() > kKeyMaxBytes) return SeekAfter(key.substr(0, kKeyMaxBytes));
  return Move(MDB_SET_RANGE, key);
}

Result<bool> Cursor::SeekAfter(std::string_view key) {
  const std::string_view cut = key.substr(0, kKeyMaxBytes);
  const bool found = TRY(Seek(cut));
  if (!found || key_ != cut || cut.empty()) return found;
  return Next();
}

Result<bool> Cursor::SeekBefore(std::string_view key) {
  const bool found = TRY(Seek(key));
  return found ? Previous() : Last();
}

Result<bool> Cursor::First() {
  return Move(MDB_FIRST, {});
}
Result<bool> Cursor::Last() {
  return Move(MDB_LAST, {});
}
Result<bool> Cursor::Next() {
  return Move(MDB_NEXT, {});
}
Result<bool> Cursor::Previous() {
  return Move(MDB_PREV, {});
}

}  // namespace replicafs::lmdb
