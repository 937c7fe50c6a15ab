#include "backend/embedded/upgrade.h"

#include <string>
#include <utility>
#include <vector>

#include "backend/lmdb/cursor.h"

namespace replicafs::embedded {
namespace {

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

}  // namespace replicafs::embedded
