#include "backend/embedded/check_tables.h"

#include <algorithm>

#include "backend/embedded/codec.h"
#include "backend/embedded/keys.h"
#include "backend/embedded/lookup.h"
#include "backend/embedded/marker.h"

namespace replicafs::embedded {
namespace {

std::string Quoted(const std::string& name) {
  return "'" + name + "'";
}

}  // namespace

size_t TableCheck::Find(std::string kind, std::string what) {
  report_.findings.push_back({Severity::kError, std::move(kind), std::move(what), false});
  return report_.findings.size() - 1;
}

void TableCheck::Mend(size_t finding, const Table& table, std::string key,
                      std::optional<std::string> value) {
  fixes_.push_back({&table, std::move(key), std::move(value), finding});
}

Status TableCheck::Run(BlockTable& blocks) {
  seen_.next_content_id = 0;
  TRY(CheckContainers());
  TRY(CheckRowOwners());
  TRY(CheckContents());
  TRY(CheckBlocks(blocks));
  TRY(CheckUnreferenced(blocks));
  TRY(CheckJournal());
  return CheckCounters();
}

Status TableCheck::Repair(lmdb::WriteTransaction& transaction, Timestamp now) {
  for (const Fix& fix : fixes_) {
    if (fix.value) {
      TRY(fix.table->Put(transaction, fix.key, *fix.value));
    } else {
      TRY(fix.table->Delete(transaction, fix.key));
    }
    if (fix.table == &tables_.blocks && fix.value) {
      // Without references a block waits for the collector like any other.
      BlockRecord record = TRY(DecodeBlock(*fix.value));
      if (record.references == 0) {
        record.unreferenced_since = now;
        TRY(tables_.blocks.Put(transaction, fix.key, Encode(record)));
        TRY(tables_.unreferenced.Put(transaction, UnreferencedKey(now, DigestOf(fix.key)), ""));
      }
    }
    report_.findings[fix.finding].repaired = true;
  }
  return Ok();
}

Status TableCheck::CheckContainers() {
  auto cursor = TRY(Cursor::Open(transaction_, tables_.containers));
  bool found = TRY(cursor.First());
  while (found) {
    ++report_.containers;
    const ContainerRecord record = TRY(DecodeContainer(cursor.value()));
    TRY(CheckRootCount(std::string(cursor.key()), record));
    TRY(CheckDirectory(record.root_directory_id, std::string(cursor.key()) + '/', true));
    found = TRY(cursor.Next());
  }
  return Ok();
}

// Names of directories are unbounded in depth, so the way down is a list and not recursion.
Status TableCheck::CheckDirectory(uint64_t directory_id, const std::string& name, bool live) {
  struct Pending {
    uint64_t id;
    std::string name;
    bool live;
  };
  std::vector<Pending> pending{{directory_id, name, live}};
  const auto descend = [&](const Table& table, const Pending& at, bool lives) -> Status {
    auto cursor = TRY(Cursor::Open(transaction_, table));
    bool found = TRY(cursor.Seek(NumberKey(at.id)));
    while (found && NumberOf(cursor.key()) == at.id) {
      const std::string component(ComponentOfEntry(cursor.key()));
      if (IsDirectoryComponent(component)) {
        const DirectoryRecord record = TRY(DecodeDirectory(cursor.value()));
        pending.push_back({record.directory_id, at.name + component, lives});
      }
      found = TRY(cursor.Next());
    }
    return Ok();
  };
  while (!pending.empty()) {
    const Pending at = std::move(pending.back());
    pending.pop_back();
    seen_.next_directory_id = std::max(seen_.next_directory_id, at.id + 1);
    if (!directories_.emplace(at.id, at.name).second) {
      Find("directory-twice",
           Quoted(at.name) + " and " + Quoted(directories_[at.id]) + " have the same directory id");
      continue;
    }
    TRY(CheckEntries(at.id, at.name, at.live));
    TRY(CheckGraves(at.id, at.name));
    TRY(CheckVersions(at.id, at.name));
    TRY(descend(tables_.entries, at, true));
    TRY(descend(tables_.graves, at, false));
  }
  return Ok();
}

Status TableCheck::CheckEntries(uint64_t directory_id, const std::string& name, bool live) {
  auto cursor = TRY(Cursor::Open(transaction_, tables_.entries));
  bool found = TRY(cursor.Seek(NumberKey(directory_id)));
  if (!live && found && NumberOf(cursor.key()) == directory_id)
    Find("directory-not-live", Quoted(name) + " is buried and has live children");
  while (found && NumberOf(cursor.key()) == directory_id) {
    const std::string component(ComponentOfEntry(cursor.key()));
    if (IsDirectoryComponent(component)) {
      TRY(CheckLiveDirectory(directory_id, component, name + component));
    } else {
      const VersionRecord record = TRY(DecodeVersion(cursor.value()));
      ++seen_.live_blobs;
      NoteVersion(record);
      TRY(CheckBlobFlags(directory_id, component, name + component, record));
    }
    found = TRY(cursor.Next());
  }
  return Ok();
}

Status TableCheck::CheckLiveDirectory(uint64_t parent_id, const std::string& component,
                                      const std::string& name) {
  const auto directory =
      TRY(FindChildDirectory(transaction_, tables_, parent_id, component, ListScope::kLive));
  DirectoryRecord right = directory->record;
  seen_.next_file_id = std::max(seen_.next_file_id, right.file_id + 1);
  const Counts counts = TRY(Count(right.directory_id));
  right.live_count = counts.live;
  right.subdirectories = counts.subdirectories;
  const auto blob =
      TRY(FindCurrent(transaction_, tables_, parent_id, component.substr(0, component.size() - 1)));
  right.has_blob = blob.has_value();
  if (right == directory->record) return Ok();
  const size_t finding =
      Find("directory-counts",
           "directory " + Quoted(name) + " counts " + std::to_string(directory->record.live_count) +
               " children, " + std::to_string(directory->record.subdirectories) +
               " of them directories, and has " + std::to_string(right.live_count) + " and " +
               std::to_string(right.subdirectories) + ", or is wrong about a blob beside it");
  if (right.live_count > 0)
    Mend(finding, tables_.entries, EntryKey(parent_id, component), Encode(right));
  return Ok();
}

Result<TableCheck::Counts> TableCheck::Count(uint64_t directory_id) {
  auto cursor = TRY(Cursor::Open(transaction_, tables_.entries));
  Counts counts;
  bool found = TRY(cursor.Seek(NumberKey(directory_id)));
  while (found && NumberOf(cursor.key()) == directory_id) {
    ++counts.live;
    const std::string_view component = ComponentOfEntry(cursor.key());
    bool is_directory = IsDirectoryComponent(component);
    if (!is_directory) {
      const VersionRecord blob = TRY(DecodeVersion(cursor.value()));
      const bool beside = TRY(HasLiveDirectory(transaction_, tables_, directory_id, component));
      is_directory = !beside && IsMarker(blob.properties);
    }
    if (is_directory) ++counts.subdirectories;
    found = TRY(cursor.Next());
  }
  return counts;
}

Status TableCheck::CheckRootCount(const std::string& container, const ContainerRecord& record) {
  ContainerRecord right = record;
  const Counts counts = TRY(Count(record.root_directory_id));
  right.subdirectories = counts.subdirectories;
  if (right == record) return Ok();
  const size_t finding =
      Find("container-counts", "container " + Quoted(container) + " counts " +
                                   std::to_string(record.subdirectories) + " directories and has " +
                                   std::to_string(right.subdirectories));
  Mend(finding, tables_.containers, container, Encode(right));
  return Ok();
}

Status TableCheck::CheckBlobFlags(uint64_t parent_id, const std::string& component,
                                  const std::string& name, const VersionRecord& record) {
  VersionRecord right = record;
  right.has_prefix = TRY(HasLiveDirectory(transaction_, tables_, parent_id, component));
  if (right == record) return Ok();
  const size_t finding =
      Find("blob-flags", "blob " + Quoted(name) + " is wrong about a directory beside it");
  Mend(finding, tables_.entries, EntryKey(parent_id, component), Encode(right));
  return Ok();
}

Status TableCheck::CheckGraves(uint64_t directory_id, const std::string& name) {
  auto cursor = TRY(Cursor::Open(transaction_, tables_.graves));
  bool found = TRY(cursor.Seek(NumberKey(directory_id)));
  while (found && NumberOf(cursor.key()) == directory_id) {
    const std::string key(cursor.key());
    const DirectoryRecord record = TRY(DecodeDirectory(cursor.value()));
    seen_.next_file_id = std::max(seen_.next_file_id, record.file_id + 1);
    const auto live = TRY(tables_.entries.Get(transaction_, key));
    if (live) {
      Find("directory-twice",
           Quoted(name + std::string(ComponentOfEntry(key))) + " is both live and buried");
    }
    found = TRY(cursor.Next());
  }
  return Ok();
}

Status TableCheck::CheckVersions(uint64_t directory_id, const std::string& name) {
  auto cursor = TRY(Cursor::Open(transaction_, tables_.versions));
  bool found = TRY(cursor.Seek(NumberKey(directory_id)));
  while (found && NumberOf(cursor.key()) == directory_id) {
    const VersionRecord record = TRY(DecodeVersion(cursor.value()));
    NoteVersion(record);
    if (record.version != VersionOf(cursor.key()) || record.ended.ticks == 0) {
      Find("version-row", "a version of " +
                              Quoted(name + std::string(ComponentOfVersion(cursor.key()))) +
                              " does not match its key");
    }
    found = TRY(cursor.Next());
  }
  return Ok();
}

void TableCheck::NoteVersion(const VersionRecord& record) {
  ++report_.versions;
  ContentUse& use = content_uses_[record.content_id];
  ++use.versions;
  if (record.key_sha256) ++use.with_key;
  seen_.next_file_id = std::max(seen_.next_file_id, record.file_id + 1);
  seen_.last_tick = std::max({seen_.last_tick, record.version.ticks, record.ended.ticks,
                              static_cast<int64_t>(record.etag)});
  seen_.last_sequence = std::max(seen_.last_sequence, record.sequence);
}

// Rows below directories that nothing leads to. They may be what is left of somebody's data, so
// what they name stays in use.
Status TableCheck::CheckRowOwners() {
  for (const Table* table : {&tables_.entries, &tables_.graves, &tables_.versions}) {
    auto cursor = TRY(Cursor::Open(transaction_, *table));
    bool found = TRY(cursor.First());
    while (found) {
      const uint64_t id = NumberOf(cursor.key());
      if (directories_.contains(id)) {
        found = TRY(cursor.Seek(NumberKey(id + 1)));
        continue;
      }
      Find("row-unreachable", "no directory leads to directory id " + std::to_string(id));
      seen_.next_directory_id = std::max(seen_.next_directory_id, id + 1);
      while (found && NumberOf(cursor.key()) == id) {
        TRY(NoteUnreachable(*table, cursor.key(), cursor.value()));
        found = TRY(cursor.Next());
      }
    }
  }
  return Ok();
}

Status TableCheck::NoteUnreachable(const Table& table, std::string_view key,
                                   std::string_view value) {
  if (&table != &tables_.versions && IsDirectoryComponent(ComponentOfEntry(key))) {
    const DirectoryRecord record = TRY(DecodeDirectory(value));
    seen_.next_file_id = std::max(seen_.next_file_id, record.file_id + 1);
    seen_.next_directory_id = std::max(seen_.next_directory_id, record.directory_id + 1);
    return Ok();
  }
  const VersionRecord record = TRY(DecodeVersion(value));
  NoteVersion(record);
  return Ok();
}

}  // namespace replicafs::embedded
