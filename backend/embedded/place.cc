#include "backend/embedded/place.h"

#include "backend/blob/account_settings.h"
#include "backend/embedded/contents.h"
#include "backend/embedded/keys.h"
#include "backend/embedded/lookup.h"
#include "backend/embedded/marker.h"
#include "backend/embedded/state_rows.h"

namespace replicafs::embedded {
namespace {

// The directory beside the blob, if it lives, notes whether the blob exists, and shares a marker's
// file id.
Status UpdateDirectoryBeside(Change& change, const Place& place) {
  const std::string key = EntryKey(place.directory.directory_id(), place.component + '/');
  const auto row = TRY(change.tables.entries.Get(change.transaction, key));
  if (!row) return Ok();
  const DirectoryRecord before = TRY(DecodeDirectory(*row));
  DirectoryRecord record = before;
  record.has_blob = place.current.has_value();
  if (place.current && IsMarker(place.current->properties)) record.file_id = place.current->file_id;
  if (record == before) return Ok();
  return change.tables.entries.Put(change.transaction, key, Encode(record));
}

Status PutCurrent(Change& change, Place& place, VersionRecord record) {
  const std::string key = EntryKey(place.directory.directory_id(), place.component);
  TRY(change.tables.entries.Put(change.transaction, key, Encode(record)));
  place.current = std::move(record);
  if (!place.current->has_prefix) return Ok();
  return UpdateDirectoryBeside(change, place);
}

// What the blob shows of its own in its directory.
Shown ShownBy(const VersionRecord& blob) {
  return {.name = !blob.has_prefix, .directory = !blob.has_prefix && IsMarker(blob.properties)};
}

}  // namespace

Result<Place> FindPlace(const Change& change, const ContainerRecord& container,
                        const BlobPath& path) {
  const auto [directory, leaf] = Split(path.name);
  Place place{.directory = TRY(DirectoryPath::Find(change, container.root_directory_id,
                                                   {path.container, std::string(directory)})),
              .component = std::string(leaf)};
  if (place.directory.exists()) {
    place.current =
        TRY(FindCurrent(change.transaction, change.tables, place.directory.directory_id(), leaf));
  }
  return place;
}

Status CheckPrecondition(const Precondition& condition, const Place& place, const BlobPath& path) {
  if (condition.if_none_match && place.current) {
    return Error{ErrorCode::kPrecondition, "blob '" + ToString(path) + "' exists already"};
  }
  if (condition.if_match.empty()) return Ok();
  if (place.current && EtagText(place.current->etag) == condition.if_match) return Ok();
  return Error{ErrorCode::kPrecondition, "blob '" + ToString(path) + "' was changed"};
}

Status CheckDestination(const ContainerRecord& container, const std::string& name,
                        const std::string& policy_id) {
  if (container.destination_policy_id == policy_id) return Ok();
  if (container.destination_policy_id.empty()) {
    return Error{ErrorCode::kPrecondition, "container '" + name + "' is no destination of policy " +
                                               policy_id + ": the policy is gone"};
  }
  return Error{ErrorCode::kDestination, "container '" + name + "' is the destination of policy " +
                                            container.destination_policy_id};
}

Status CheckMutable(const Change& change, const ContainerRecord& container, const BlobPath& path,
                    const VersionRecord& version) {
  return CheckMutable(container.protection, version.protection, version.version, ToString(path),
                      change.clock.Now());
}

Status ReplaceCurrent(Change& change, Place& place, VersionRecord record) {
  const bool was_directory = ShownBy(*place.current).directory;
  const bool is_directory = ShownBy(record).directory;
  TRY(PutCurrent(change, place, std::move(record)));
  if (was_directory == is_directory) return Ok();
  return place.directory.CountSubdirectory(change, is_directory ? 1 : -1);
}

Status InsertCurrent(Change& change, Place& place, VersionRecord record, Timestamp changed) {
  place.directory.Allocate(change);
  record.has_prefix = TRY(HasLiveDirectory(change.transaction, change.tables,
                                           place.directory.directory_id(), place.component));
  TRY(PutCurrent(change, place, std::move(record)));
  ++change.counters.live_blobs;
  return place.directory.AddLiveChild(change, changed, ShownBy(*place.current));
}

Status EraseCurrent(Change& change, Place& place, Timestamp changed) {
  const Shown shown = ShownBy(*place.current);
  const bool has_prefix = place.current->has_prefix;
  TRY(change.tables.entries.Delete(change.transaction,
                                   EntryKey(place.directory.directory_id(), place.component)));
  place.current.reset();
  if (has_prefix) TRY(UpdateDirectoryBeside(change, place));
  --change.counters.live_blobs;
  return place.directory.RemoveLiveChild(change, changed, shown);
}

Status PutPrevious(Change& change, const Place& place, const VersionRecord& record) {
  return change.tables.versions.Put(
      change.transaction,
      VersionKey(place.directory.directory_id(), place.component, record.version), Encode(record));
}

Event EventOf(EventKind kind, const BlobPath& path, const VersionRecord& version, Timestamp time) {
  return Event{.kind = kind,
               .container = path.container,
               .name = path.name,
               .version = version.version,
               .time = time,
               .size_bytes = version.size_bytes,
               .blob_kind = version.kind};
}

Status EndVersion(Change& change, const BlobPath& path, const Place& place, VersionRecord record,
                  Timestamp ended) {
  const auto row = TRY(FindState(change.transaction, change.tables, kSettingsKey));
  const AccountSettings settings = TRY(ParseSettings(row));
  if (!settings.Keeps(record.version)) change.unkept.push_back({path, record.version});
  record.ended = ended;
  record.has_prefix = false;
  return PutPrevious(change, place, record);
}

Status SupersedeCurrent(Change& change, const BlobPath& path, Place& place, VersionRecord record,
                        VersionId replaced) {
  const VersionRecord old = *place.current;
  record.has_prefix = old.has_prefix;
  if (replaced && replaced == old.version) {
    TRY(ReleaseContent(change, old.content_id));
  } else {
    TRY(EndVersion(change, path, place, old, record.version.time()));
  }
  return ReplaceCurrent(change, place, std::move(record));
}

Status ForgetVersion(Change& change, Place& place, const VersionRecord& record) {
  TRY(ReleaseContent(change, record.content_id));
  TRY(change.tables.versions.Delete(
      change.transaction,
      VersionKey(place.directory.directory_id(), place.component, record.version)));
  return place.directory.Prune(change);
}

Status RewriteVersion(Change& change, Place& place, const VersionRecord& record) {
  return record.ended.ticks == 0 ? ReplaceCurrent(change, place, record)
                                 : PutPrevious(change, place, record);
}

}  // namespace replicafs::embedded
