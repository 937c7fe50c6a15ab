#include <algorithm>

#include "backend/embedded/contents.h"
#include "backend/embedded/keys.h"
#include "backend/embedded/lookup.h"
#include "backend/embedded/mutations.h"
#include "backend/embedded/place.h"

namespace replicafs::embedded {
namespace {

// What the version that came at this moment took the place of.
Result<std::optional<VersionRecord>> FindPredecessor(const Change& change, const BlobPath& path,
                                                     VersionId version) {
  const auto records = TRY(FindVersions(change.transaction, change.tables, path));
  const auto found = std::find_if(records.begin(), records.end(), [&](const VersionRecord& record) {
    return record.ended == version.time();
  });
  if (found == records.end()) return std::optional<VersionRecord>();
  return std::optional(*found);
}

Status ErasePrevious(Change& change, const Place& place, VersionId version) {
  TRY(change.tables.versions.Delete(
      change.transaction, VersionKey(place.directory.directory_id(), place.component, version)));
  return Ok();
}

// The kind that says that nothing happened, and of which version.
Result<Event> UndoCreation(Change& change, Place& place, const BlobPath& path, Event event) {
  auto found = FindVersion(change.transaction, change.tables, path, event.version);
  const bool gone = !found && found.error().code == ErrorCode::kNotFound;
  event.kind = EventKind::kVersionDeleted;
  event.replaces = {};
  if (gone) return event;
  const VersionRecord record = TRY(std::move(found));
  if (record.ended.ticks != 0) {
    TRY(ForgetVersion(change, place, record));
    return event;
  }
  const auto before = TRY(FindPredecessor(change, path, event.version));
  TRY(ReleaseContent(change, record.content_id));
  if (!before) {
    TRY(EraseCurrent(change, place, change.Tick()));
    TRY(place.directory.Prune(change));
    return event;
  }
  VersionRecord current = *before;
  TRY(ErasePrevious(change, place, current.version));
  current.ended = {};
  current.has_prefix = record.has_prefix;
  event.kind = EventKind::kPropertiesChanged;
  event.version = current.version;
  TRY(ReplaceCurrent(change, place, std::move(current)));
  return event;
}

Result<Event> UndoRemoval(Change& change, Place& place, const BlobPath& path, Event event) {
  auto found = FindVersion(change.transaction, change.tables, path, event.version);
  if (!found && found.error().code == ErrorCode::kNotFound) return event;
  VersionRecord record = TRY(std::move(found));
  event.kind = EventKind::kPropertiesChanged;
  if (place.current) return event;
  TRY(ErasePrevious(change, place, record.version));
  record.ended = {};
  TRY(InsertCurrent(change, place, std::move(record), change.Tick()));
  return event;
}

}  // namespace

Result<Outcome> Make(Change& change, const UndoEvent& undone) {
  const std::string key = NumberKey(undone.sequence);
  const auto row = TRY(change.tables.journal.Get(change.transaction, key));
  if (!row) return Error{ErrorCode::kNotFound, "there is no such event"};
  Event event = TRY(DecodeEvent(*row));
  const BlobPath path{event.container, event.name};
  const bool creation = event.kind == EventKind::kCreated;
  if (!creation && event.kind != EventKind::kDeleted) return Outcome{};
  const auto container = FindContainer(change.transaction, change.tables, path.container);
  if (!container && container.error().code == ErrorCode::kNotFound) return Outcome{};
  if (!container) return container.error();
  Place place = TRY(FindPlace(change, *container, path));
  event = creation ? TRY(UndoCreation(change, place, path, std::move(event)))
                   : TRY(UndoRemoval(change, place, path, std::move(event)));
  event.other_name.clear();
  TRY(change.tables.journal.Put(change.transaction, key, Encode(event)));
  return Outcome{};
}

}  // namespace replicafs::embedded
