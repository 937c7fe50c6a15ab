// The account's tables.
#pragma once

#include <string_view>

#include "backend/base/result.h"
#include "backend/embedded/records.h"
#include "backend/lmdb/environment.h"
#include "backend/lmdb/table.h"

namespace replicafs::embedded {

struct Tables {
  lmdb::Table meta;          // format and counters
  lmdb::Table containers;    // name -> ContainerRecord
  lmdb::Table entries;       // EntryKey -> current VersionRecord, or DirectoryRecord
  lmdb::Table graves;        // EntryKey -> DirectoryRecord of a directory with only history below
  lmdb::Table versions;      // VersionKey -> VersionRecord of a previous version
  lmdb::Table contents;      // content id -> ContentRecord
  lmdb::Table content_refs;  // content id -> number of records, where it is more than one
  lmdb::Table blocks;        // digest -> BlockRecord
  lmdb::Table unreferenced;  // UnreferencedKey -> nothing
  lmdb::Table journal;       // sequence -> Event
  lmdb::Table state;         // StateKey -> value
};

// The row of `meta` that holds the counters.
constexpr std::string_view kCountersKey = "counters";

// Writes the format of a new account. kExists when there is one already.
Status CreateSchema(lmdb::Environment& environment);
// kNotSupported when a newer program wrote the account; kNotFound when none did.
Result<Tables> OpenSchema(lmdb::Environment& environment);

Result<Counters> ReadCounters(const lmdb::Transaction& transaction, const Tables& tables);
Status WriteCounters(lmdb::WriteTransaction& transaction, const Tables& tables,
                     const Counters& counters);

}  // namespace replicafs::embedded
