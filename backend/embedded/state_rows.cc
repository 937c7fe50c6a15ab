#include "backend/embedded/state_rows.h"

#include "backend/embedded/keys.h"
#include "backend/embedded/mutations.h"
#include "backend/embedded/rows.h"

namespace replicafs::embedded {

Result<std::optional<std::string>> FindState(const lmdb::Transaction& transaction,
                                             const Tables& tables, std::string_view key) {
  if (key.size() > kStateKeyMaxBytes) return std::optional<std::string>();
  const auto row = TRY(tables.state.Get(transaction, StateKey(key)));
  if (!row) return std::optional<std::string>();
  return std::optional(std::string(*row));
}

Result<std::vector<StateRow>> FindStates(const lmdb::Transaction& transaction, const Tables& tables,
                                         std::string_view prefix) {
  const std::string first = StateKey(prefix);
  auto cursor = TRY(Cursor::Open(transaction, tables.state));
  std::vector<StateRow> rows;
  bool found = TRY(cursor.Seek(first));
  while (found && cursor.key().starts_with(first)) {
    rows.push_back({std::string(cursor.key().substr(1)), std::string(cursor.value())});
    found = TRY(cursor.Next());
  }
  return rows;
}

Result<Outcome> Make(Change& change, const PutState& put) {
  TRY(change.tables.state.Put(change.transaction, StateKey(put.key), put.value));
  return Outcome{};
}

Result<Outcome> Make(Change& change, const RemoveState& removal) {
  if (removal.key.size() <= kStateKeyMaxBytes)
    TRY(change.tables.state.Delete(change.transaction, StateKey(removal.key)));
  return Outcome{};
}

Result<Outcome> Make(Change& change, const ExpectState& expectation) {
  const auto value = TRY(FindState(change.transaction, change.tables, expectation.key));
  if (value == expectation.value) return Outcome{};
  return Error{ErrorCode::kPrecondition, "state row '" + expectation.key + "' was changed"};
}

}  // namespace replicafs::embedded
