#include "backend/embedded/change.h"

#include <algorithm>

#include "backend/embedded/keys.h"

namespace replicafs::embedded {

Timestamp Change::Tick() {
  counters.last_tick = std::max(clock.Now().ticks, counters.last_tick + 1);
  return Timestamp{counters.last_tick};
}

uint64_t Change::Log(Event event) {
  event.sequence = ++counters.last_sequence;
  event.writer = writer;
  events.push_back(std::move(event));
  return counters.last_sequence;
}

Status Change::Finish() {
  TRY(WriteEvents());
  for (const auto& [digest, delta] : blocks) {
    if (delta.references != 0) TRY(WriteBlock(digest, delta));
  }
  return WriteCounters(transaction, tables, counters);
}

Status Change::WriteEvents() {
  for (Event& event : events) {
    event.group_end = events.back().sequence;
    TRY(tables.journal.Append(transaction, NumberKey(event.sequence), Encode(event)));
  }
  return Ok();
}

Status Change::WriteBlock(const Digest& digest, const BlockDelta& delta) {
  const auto row = TRY(tables.blocks.Get(transaction, BlockKey(digest)));
  BlockRecord record{.size_bytes = delta.size_bytes};
  if (row) record = TRY(DecodeBlock(*row));
  const auto before = static_cast<int64_t>(record.references);
  if (before + delta.references < 0) {
    return Error{ErrorCode::kCorrupt,
                 "block " + ToHex(digest) + " has fewer references than users"};
  }
  if (row && before == 0) {
    TRY(tables.unreferenced.Delete(transaction,
                                   UnreferencedKey(record.unreferenced_since, digest)));
  }
  record.references = static_cast<uint64_t>(before + delta.references);
  record.unreferenced_since = {};
  if (record.references == 0) {
    record.unreferenced_since = Timestamp{counters.last_tick};
    TRY(tables.unreferenced.Put(transaction, UnreferencedKey(record.unreferenced_since, digest),
                                ""));
  }
  return tables.blocks.Put(transaction, BlockKey(digest), Encode(record));
}

}  // namespace replicafs::embedded
