#include <vector>

#include "backend/blob/container_deletion.h"
#include "backend/embedded/children.h"
#include "backend/embedded/contents.h"
#include "backend/embedded/keys.h"
#include "backend/embedded/lookup.h"
#include "backend/embedded/mutations.h"
#include "backend/embedded/place.h"
#include "backend/embedded/state_rows.h"

namespace replicafs::embedded {
namespace {

Status PutContainer(Change& change, const std::string& name, const ContainerRecord& record) {
  return change.tables.containers.Put(change.transaction, name, Encode(record));
}

Error Destination(const std::string& name, const std::string& policy_id) {
  return Error{ErrorCode::kBusy,
               "container '" + name + "' is the destination of policy " + policy_id};
}

// The rows of a table that begin with a directory's id.
struct Row {
  std::string key;
  std::string value;
};
Result<std::vector<Row>> RowsOf(const Change& change, const Table& table, uint64_t directory_id) {
  std::vector<Row> rows;
  auto cursor = TRY(Cursor::Open(change.transaction, table));
  bool found = TRY(cursor.Seek(NumberKey(directory_id)));
  while (found && NumberOf(cursor.key()) == directory_id) {
    rows.push_back({std::string(cursor.key()), std::string(cursor.value())});
    found = TRY(cursor.Next());
  }
  return rows;
}

// A name that is taken by a container that is being deleted, no longer: kBusy before its time.
Status ClaimName(Change& change, const std::string& name) {
  const std::string key = DeletedContainerKey(name);
  const auto row = TRY(FindState(change.transaction, change.tables, key));
  TRY(CheckNotBeingDeleted(row, name, change.clock.Now()));
  if (row) TRY(Make(change, RemoveState{key}));
  return Ok();
}

// For the account's time from now on nobody gets the name.
Status HoldName(Change& change, const std::string& name) {
  const auto row = TRY(FindState(change.transaction, change.tables, kContainerDeletionKey));
  const auto takes = TRY(ParseContainerDeletionTime(row));
  if (takes.count() == 0) return Ok();
  const Timestamp until{change.clock.Now().ticks + takes.count() * Timestamp::kTicksPerSecond};
  TRY(Make(change, PutState{DeletedContainerKey(name), EncodeDeletedUntil(until)}));
  return Ok();
}

// Whether anything is in the container. Directories have something below them, buried ones history:
// so what there is shows in the root.
Result<bool> IsEmpty(const Change& change, const ContainerRecord& container) {
  for (const Table* table :
       {&change.tables.entries, &change.tables.graves, &change.tables.versions}) {
    auto cursor = TRY(Cursor::Open(change.transaction, *table));
    const bool found = TRY(cursor.Seek(NumberKey(container.root_directory_id)));
    if (found && NumberOf(cursor.key()) == container.root_directory_id) return false;
  }
  return true;
}

struct Directory {
  uint64_t id = 0;
  BlobPath path;  // its name ends in '/', but for the root's
};

// Releases a directory's blobs and versions; the directories in it join `below`. kImmutable.
Status DropDirectory(Change& change, const ContainerRecord& container, const Directory& directory,
                     std::vector<Directory>& below) {
  for (const Table* table :
       {&change.tables.entries, &change.tables.graves, &change.tables.versions}) {
    const std::vector<Row> rows = TRY(RowsOf(change, *table, directory.id));
    for (const Row& row : rows) {
      const bool is_version = table == &change.tables.versions;
      BlobPath path = directory.path;
      path.name += is_version ? ComponentOfVersion(row.key) : ComponentOfEntry(row.key);
      if (!is_version && IsDirectoryComponent(ComponentOfEntry(row.key))) {
        const DirectoryRecord record = TRY(DecodeDirectory(row.value));
        below.push_back({record.directory_id, std::move(path)});
      } else {
        const VersionRecord record = TRY(DecodeVersion(row.value));
        TRY(CheckMutable(change, container, path, record));
        TRY(ReleaseContent(change, record.content_id));
        if (table == &change.tables.entries) --change.counters.live_blobs;
      }
      TRY(table->Delete(change.transaction, row.key));
    }
  }
  return Ok();
}

}  // namespace

Result<Outcome> Make(Change& change, const CreateContainer& creation) {
  const auto row = TRY(change.tables.containers.Get(change.transaction, creation.name));
  if (row) return Error{ErrorCode::kExists, "container '" + creation.name + "' exists already"};
  TRY(ClaimName(change, creation.name));
  const Timestamp now = change.Tick();
  const ContainerRecord record{.root_directory_id = change.counters.next_directory_id++,
                               .created = now,
                               .etag = static_cast<uint64_t>(now.ticks)};
  TRY(PutContainer(change, creation.name, record));
  const uint64_t sequence =
      change.Log({.kind = EventKind::kContainerCreated, .container = creation.name, .time = now});
  return Outcome{.etag = EtagText(record.etag), .last_modified = now, .sequence = sequence};
}

Result<Outcome> Make(Change& change, const DeleteContainer& deletion) {
  const ContainerRecord record =
      TRY(FindContainer(change.transaction, change.tables, deletion.name));
  if (!record.destination_policy_id.empty())
    return Destination(deletion.name, record.destination_policy_id);
  if (!record.protection.legal_holds.empty()) {
    return Error{ErrorCode::kImmutable,
                 "container '" + deletion.name + "' is under a legal hold: clear it first"};
  }
  if (deletion.only_empty) {
    const bool empty = TRY(IsEmpty(change, record));
    if (!empty)
      return Error{ErrorCode::kNotEmpty, "container '" + deletion.name + "' is not empty"};
  }
  std::vector<Directory> directories{{record.root_directory_id, {deletion.name, ""}}};
  while (!directories.empty()) {
    const Directory directory = std::move(directories.back());
    directories.pop_back();
    TRY(DropDirectory(change, record, directory, directories));
  }
  TRY(change.tables.containers.Delete(change.transaction, deletion.name));
  TRY(HoldName(change, deletion.name));
  const Timestamp now = change.Tick();
  return Outcome{
      .sequence = change.Log(
          {.kind = EventKind::kContainerDeleted, .container = deletion.name, .time = now})};
}

Result<Outcome> Make(Change& change, const SetDestination& setting) {
  ContainerRecord record = TRY(FindContainer(change.transaction, change.tables, setting.container));
  if (record.destination_policy_id == setting.policy_id) return Outcome{};
  if (!record.destination_policy_id.empty() && !setting.policy_id.empty())
    return Destination(setting.container, record.destination_policy_id);
  const Timestamp now = change.Tick();
  record.destination_policy_id = setting.policy_id;
  record.etag = static_cast<uint64_t>(now.ticks);
  TRY(PutContainer(change, setting.container, record));
  return Outcome{
      .sequence = change.Log(
          {.kind = EventKind::kDestinationChanged, .container = setting.container, .time = now})};
}

}  // namespace replicafs::embedded
