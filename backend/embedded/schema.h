// The account's tables.
#pragma once

#include <string_view>

#include "backend/base/result.h"
#include "backend/embedded/records.h"
#include "backend/embedded/rows.h"
#include "backend/lmdb/environment.h"

namespace replicafs::embedded {

struct Tables {
  Table meta;          // format and counters
  Table containers;    // name -> ContainerRecord
  Table entries;       // EntryKey -> current VersionRecord, or DirectoryRecord
  Table graves;        // EntryKey -> DirectoryRecord of a directory with only history below
  Table versions;      // VersionKey -> VersionRecord of a previous version
  Table contents;      // content id -> ContentRecord
  Table content_refs;  // content id -> number of records, where it is more than one
  Table blocks;        // digest -> BlockRecord
  Table unreferenced;  // UnreferencedKey -> nothing
  Table journal;       // sequence -> Event
  Table state;         // StateKey -> value
};

// The rows of `meta`. That of the format has neither form nor checksum, so that every program can
// tell.
constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kCountersKey = "counters";

// Writes the format of a new account. kExists when there is one already.
Status CreateSchema(lmdb::Environment& environment);
// kNotSupported when a newer program wrote the account; kNotFound when none did.
Result<Tables> OpenSchema(lmdb::Environment& environment);

Result<Counters> ReadCounters(const lmdb::Transaction& transaction, const Tables& tables);
Status WriteCounters(lmdb::WriteTransaction& transaction, const Tables& tables,
                     const Counters& counters);

}  // namespace replicafs::embedded
