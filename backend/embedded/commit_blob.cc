#include "backend/embedded/contents.h"
#include "backend/embedded/keys.h"
#include "backend/embedded/lookup.h"
#include "backend/embedded/marker.h"
#include "backend/embedded/mutations.h"
#include "backend/embedded/place.h"

namespace replicafs::embedded {
namespace {

// A directory keeps its file id when it goes; it must not come back with one that moved away.
Status ReleaseFileIdOfGrave(Change& change, const BlobPath& path, uint64_t file_id) {
  const ContainerRecord container =
      TRY(FindContainer(change.transaction, change.tables, path.container));
  const auto [directory, leaf] = Split(path.name);
  const auto parent_id = TRY(FindDirectoryId(
      change.transaction, change.tables, container.root_directory_id, directory, ListScope::kAll));
  if (!parent_id) return Ok();
  const std::string key = EntryKey(*parent_id, std::string(leaf) + '/');
  const auto row = TRY(change.tables.graves.Get(change.transaction, key));
  if (!row) return Ok();
  DirectoryRecord record = TRY(DecodeDirectory(*row));
  if (record.file_id != file_id) return Ok();
  record.file_id = 0;
  return change.tables.graves.Put(change.transaction, key, Encode(record));
}

Result<uint64_t> FileIdOf(Change& change, const CommitBlob& commit, const Place& place) {
  const auto move = change.moves.arriving.find(commit.path);
  if (move != change.moves.arriving.end()) {
    TRY(ReleaseFileIdOfGrave(change, move->second.from, move->second.file_id));
    return move->second.file_id;
  }
  if (place.current && !change.moves.departing.contains(commit.path)) return place.current->file_id;
  if (IsMarker(commit.properties) && place.directory.exists()) {
    const auto directory =
        TRY(FindChildDirectory(change.transaction, change.tables, place.directory.directory_id(),
                               place.component + '/', ListScope::kAll));
    if (directory && directory->record.file_id != 0) return directory->record.file_id;
  }
  return commit.file_id != 0 ? commit.file_id : change.NewFileId();
}

VersionRecord NewRecord(const CommitBlob& commit, const CheckedContent& content, Timestamp now) {
  return VersionRecord{.version = VersionId{now.ticks},
                       .kind = content.kind,
                       .key_sha256 = content.key_sha256,
                       .size_bytes = content.size_bytes,
                       .etag = static_cast<uint64_t>(now.ticks),
                       .created = now,
                       .last_modified = now,
                       .content_md5 = content.md5,
                       .properties = commit.properties,
                       .origin = commit.origin,
                       .homes = content.homes};
}

uint64_t LogCommit(Change& change, const CommitBlob& commit, const VersionRecord& record,
                   VersionId replaced) {
  Event event{.kind = EventKind::kCreated,
              .container = commit.path.container,
              .name = commit.path.name,
              .version = record.version,
              .time = record.last_modified,
              .replaces = replaced,
              .created = record.created,
              .size_bytes = record.size_bytes,
              .blob_kind = record.kind};
  if (commit.origin) event.policy_id = commit.origin->policy_id;
  const auto move = change.moves.arriving.find(commit.path);
  if (move != change.moves.arriving.end()) event.other_name = move->second.from.name;
  return change.Log(std::move(event));
}

// What is on its way out of the archive tier stays so when its content gets another name.
Result<std::optional<Rehydration>> RehydrationOf(const Change& change, const CommitBlob& commit) {
  const auto* from = std::get_if<ContentOf>(&commit.content);
  if (from == nullptr || commit.properties.tier != Tier::kArchive)
    return std::optional<Rehydration>();
  const VersionRecord source =
      TRY(FindVersion(change.transaction, change.tables, from->path, from->version));
  return TierAt({source.properties.tier, source.rehydration}, change.clock.Now()).rehydration;
}

}  // namespace

Result<Outcome> Make(Change& change, const CommitBlob& commit, const std::optional<Md5>& md5) {
  const BlobPath& path = commit.path;
  const ContainerRecord container =
      TRY(FindContainer(change.transaction, change.tables, path.container));
  TRY(CheckDestination(container, path.container,
                       commit.origin ? commit.origin->policy_id : std::string()));
  Place place = TRY(FindPlace(change, container, path));
  TRY(CheckPrecondition(commit.precondition, place, path));
  if (place.current) TRY(CheckMutable(change, container, path, *place.current));
  const CheckedContent content = TRY(CheckContent(change, commit, md5));
  if (place.current) TRY(CheckSameKind(place.current->kind, content.kind, ToString(path)));

  const Timestamp now = change.Tick();
  VersionRecord record = NewRecord(commit, content, now);
  if (place.current) record.created = place.current->created;
  const bool replaces = place.current && place.current->version == commit.replaces;
  const VersionId replaced = replaces ? commit.replaces : VersionId{};
  record.file_id = TRY(FileIdOf(change, commit, place));
  record.rehydration = TRY(RehydrationOf(change, commit));
  record.content_id = TRY(StoreContent(change, content));
  record.sequence = LogCommit(change, commit, record, replaced);
  const Timestamp changed = commit.source_time.ticks != 0 ? commit.source_time : now;
  if (place.current) {
    TRY(SupersedeCurrent(change, path, place, record, replaced));
    const bool arrives = change.moves.arriving.contains(path);
    if (arrives) TRY(place.directory.NameChanged(change, changed));
  } else {
    TRY(InsertCurrent(change, place, record, changed));
  }
  return Outcome{.version = record.version,
                 .etag = EtagText(record.etag),
                 .last_modified = record.last_modified,
                 .sequence = record.sequence};
}

}  // namespace replicafs::embedded
