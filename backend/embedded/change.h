// One BlobStore::Apply inside a write transaction: what its mutations share and what is written
// when all of them have succeeded.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/journal.h"
#include "backend/blob/mutation.h"
#include "backend/embedded/block_files.h"
#include "backend/embedded/moves.h"
#include "backend/embedded/schema.h"
#include "backend/lmdb/transaction.h"

namespace replicafs::embedded {

// How the references to a block change.
struct BlockDelta {
  int64_t references = 0;
  uint64_t size_bytes = 0;
};

struct Change {
  lmdb::WriteTransaction& transaction;
  const Tables& tables;
  const Clock& clock;
  const BlockFiles& files;
  uint64_t writer = 0;
  bool has_service = false;  // service_side.h

  Counters counters;
  std::vector<Event> events;
  std::map<Digest, BlockDelta> blocks;
  Moves moves;
  std::vector<RemoveVersion> unkept;  // versions that ended while versioning was off

  // A moment later than every earlier one of the account.
  Timestamp Tick();
  uint64_t NewFileId() { return counters.next_file_id++; }
  // Gives the event its sequence, which it returns, and keeps it.
  uint64_t Log(Event event);
  // Writes events, block references and counters.
  Status Finish();

 private:
  Status WriteEvents();
  Status WriteBlock(const Digest& digest, const BlockDelta& delta);
};

}  // namespace replicafs::embedded
