#include "backend/embedded/upgrade.h"

#include <string>
#include <utility>
#include <vector>

#include "backend/lmdb/cursor.h"

namespace replicafs::embedded {
namespace {

// What follows in a container's row of format 2 to make it one of format 3: no flags.
constexpr char kNoProtection = 0;

Status SealTable(lmdb::WriteTransaction& transaction, const Table& table) {
  std::vector<std::pair<std::string, std::string>> rows;
  {
    auto cursor = TRY(lmdb::Cursor::Open(transaction, table.rows()));
    bool found = TRY(cursor.First());
    while (found) {
      rows.emplace_back(cursor.key(), cursor.value());
      found = TRY(cursor.Next());
    }
  }
  for (const auto& [key, value] : rows) TRY(table.Put(transaction, key, value));
  return Ok();
}

}  // namespace

Status SealPlainTables(lmdb::WriteTransaction& transaction, const Tables& tables) {
  const auto counters = TRY(tables.meta.rows().Get(transaction, kCountersKey));
  // Every account that was written to since has sealed counters: then it is the number of the
  // format that is damaged, and sealing its rows once more would spoil them.
  if (counters && IsSealed(TableId::kMeta, kCountersKey, *counters))
    return Error{ErrorCode::kCorrupt, "the format's row is damaged"};
  const Counters record = TRY(ReadCounters(transaction, tables));
  TRY(WriteCounters(transaction, tables, record));
  for (const Table* table : {&tables.content_refs, &tables.unreferenced, &tables.state})
    TRY(SealTable(transaction, *table));
  return Ok();
}

Status AddContainerProtection(lmdb::WriteTransaction& transaction, const Tables& tables) {
  std::vector<std::pair<std::string, std::string>> rows;
  {
    auto cursor = TRY(Cursor::Open(transaction, tables.containers));
    bool found = TRY(cursor.First());
    while (found) {
      rows.emplace_back(cursor.key(), std::string(cursor.value()) + kNoProtection);
      found = TRY(cursor.Next());
    }
  }
  for (const auto& [name, value] : rows) {
    const auto record = DecodeContainer(value);
    if (!record) return Error(record.error()).Within("container '" + name + "'");
    TRY(tables.containers.Put(transaction, name, value));
  }
  return Ok();
}

}  // namespace replicafs::embedded
