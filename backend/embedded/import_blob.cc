#include "backend/embedded/contents.h"
#include "backend/embedded/lookup.h"
#include "backend/embedded/mutations.h"
#include "backend/embedded/place.h"

namespace replicafs::embedded {
namespace {

// Whether all bytes of a content are on this machine.
Result<bool> IsHere(const Change& change, uint64_t content_id) {
  const ContentRecord content = TRY(FindContent(change.transaction, change.tables, content_id));
  if (std::holds_alternative<ServiceContent>(content)) return false;
  const BlockList* blocks = BlocksOf(content);
  if (blocks == nullptr) return true;
  for (const BlockRef& block : *blocks) {
    const auto size = TRY(change.files.SizeOf(block.digest));
    if (size != block.size_bytes) return false;
  }
  return true;
}

VersionRecord NewRecord(const ImportBlob& import, Timestamp now) {
  return VersionRecord{.version = VersionId{now.ticks},
                       .kind = import.kind,
                       .size_bytes = import.size_bytes,
                       .etag = static_cast<uint64_t>(now.ticks),
                       .created = import.created,
                       .last_modified = import.last_modified,
                       .content_md5 = import.content_md5,
                       .properties = import.properties};
}

}  // namespace

Result<Outcome> Make(Change& change, const ImportBlob& import) {
  const BlobPath& path = import.path;
  const ContainerRecord container =
      TRY(FindContainer(change.transaction, change.tables, path.container));
  Place place = TRY(FindPlace(change, container, path));
  VersionId replaced;
  if (place.current) {
    const bool here = TRY(IsHere(change, place.current->content_id));
    if (!here) replaced = place.current->version;
  }

  const Timestamp now = change.Tick();
  VersionRecord record = NewRecord(import, now);
  record.file_id = place.current ? place.current->file_id : change.NewFileId();
  record.content_id = TRY(StoreContent(
      change, CheckedContent{.size_bytes = import.size_bytes, .source = ServiceContent{}}));
  Event event = EventOf(EventKind::kCreated, path, record, now);
  event.replaces = replaced;
  event.created = record.created;
  record.sequence = change.Log(std::move(event));
  TRY(Make(change,
           PutState{import.row_key, import.row_start + std::to_string(record.version.ticks)}));
  const Outcome outcome{.version = record.version,
                        .etag = EtagText(record.etag),
                        .last_modified = record.last_modified,
                        .sequence = record.sequence};
  if (place.current) {
    TRY(SupersedeCurrent(change, path, place, std::move(record), replaced));
  } else {
    TRY(InsertCurrent(change, place, std::move(record), now));
  }
  return outcome;
}

Result<Outcome> Make(Change& change, const ForgetBlob& forgotten) {
  const BlobPath& path = forgotten.path;
  const ContainerRecord container =
      TRY(FindContainer(change.transaction, change.tables, path.container));
  Place place = TRY(FindPlace(change, container, path));
  if (!place.current) return NoSuchBlob(path);
  VersionRecord record = *place.current;
  const bool here = TRY(IsHere(change, record.content_id));

  const Timestamp now = change.Tick();
  const EventKind kind = here ? EventKind::kDeleted : EventKind::kVersionDeleted;
  record.sequence = change.Log(EventOf(kind, path, record, now));
  if (here) {
    TRY(EndVersion(change, path, place, record, now));
  } else {
    TRY(ReleaseContent(change, record.content_id));
  }
  TRY(EraseCurrent(change, place, now));
  TRY(place.directory.Prune(change));
  return Outcome{.version = record.version, .sequence = record.sequence};
}

Result<Outcome> Make(Change& change, const SettleVersion& settled) {
  auto found = FindVersion(change.transaction, change.tables, settled.path, settled.version);
  if (!found && found.error().code == ErrorCode::kNotFound) return Outcome{};
  VersionRecord record = TRY(std::move(found));
  if (record.homes.empty()) return Outcome{};
  const ContainerRecord container =
      TRY(FindContainer(change.transaction, change.tables, settled.path.container));
  Place place = TRY(FindPlace(change, container, settled.path));
  record.homes.clear();
  TRY(RewriteVersion(change, place, record));
  return Outcome{};
}

}  // namespace replicafs::embedded
