// The half of a check that looks at rows: who refers to what, and whether counts and flags say so.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "backend/base/digest.h"
#include "backend/embedded/check.h"
#include "backend/embedded/rows.h"
#include "backend/embedded/schema.h"
#include "backend/lmdb/transaction.h"

namespace replicafs::embedded {

// What the table of blocks says.
using BlockTable = std::unordered_map<Digest, BlockRecord, DigestHash>;

// Sees one transaction. Run, then Repair in the same write transaction.
class TableCheck {
 public:
  TableCheck(const lmdb::Transaction& transaction, const Tables& tables, CheckReport& report)
      : transaction_(transaction), tables_(tables), report_(report) {}

  // Findings go into the report.
  Status Run(BlockTable& blocks);
  // Writes what Run found to be right, and marks those findings repaired. `now` is when blocks lost
  // their last reference.
  Status Repair(lmdb::WriteTransaction& transaction, Timestamp now);

 private:
  struct Fix {
    const Table* table;
    std::string key;
    std::optional<std::string> value;  // nullopt: no such row
    size_t finding;
  };

  Status CheckContainers();
  Status CheckDirectory(uint64_t directory_id, const std::string& name, bool live);
  Status CheckEntries(uint64_t directory_id, const std::string& name, bool live);
  Status CheckGraves(uint64_t directory_id, const std::string& name);
  Status CheckVersions(uint64_t directory_id, const std::string& name);
  Status CheckLiveDirectory(uint64_t parent_id, const std::string& component,
                            const std::string& name);
  Status CheckBlobFlags(uint64_t parent_id, const std::string& component, const std::string& name,
                        const VersionRecord& record);
  Status CheckRowOwners();
  Status NoteUnreachable(const Table& table, std::string_view key, std::string_view value);
  Status CheckContents();
  Status CheckContent(uint64_t content_id, std::string_view value);
  Status CheckBlocks(BlockTable& blocks);
  Status CheckUnreferenced(const BlockTable& blocks);
  Status CheckJournal();
  Status CheckCounters();

  void NoteVersion(const VersionRecord& record);
  Status CheckRootCount(const std::string& container, const ContainerRecord& record);
  // What the directory's counts must be.
  struct Counts {
    uint64_t live = 0;
    uint64_t subdirectories = 0;
  };
  Result<Counts> Count(uint64_t directory_id);
  size_t Find(std::string kind, std::string what);
  void Mend(size_t finding, const Table& table, std::string key, std::optional<std::string> value);

  const lmdb::Transaction& transaction_;
  const Tables& tables_;
  CheckReport& report_;
  std::vector<Fix> fixes_;
  struct ContentUse {
    uint64_t versions = 0;
    uint64_t with_key = 0;  // of them
  };
  std::map<uint64_t, ContentUse> content_uses_;  // by content id
  std::map<uint64_t, std::string> directories_;
  std::unordered_map<Digest, BlockRecord, DigestHash> block_uses_;
  Counters seen_;  // the least that the counters must say
};

}  // namespace replicafs::embedded
