#include "backend/embedded/contents.h"
#include "backend/embedded/keys.h"
#include "backend/embedded/lookup.h"
#include "backend/embedded/mutations.h"
#include "backend/embedded/place.h"

namespace replicafs::embedded {

Result<Outcome> Make(Change& change, const RemoveBlob& removal) {
  const BlobPath& path = removal.path;
  const ContainerRecord container =
      TRY(FindContainer(change.transaction, change.tables, path.container));
  Place place = TRY(FindPlace(change, container, path));
  if (!place.current) return NoSuchBlob(path);
  TRY(CheckPrecondition(removal.precondition, place, path));
  TRY(CheckMutable(change, container, path, *place.current));

  const Timestamp now = change.Tick();
  VersionRecord record = *place.current;
  Event event = EventOf(EventKind::kDeleted, path, record, now);
  const auto move = change.moves.departing.find(path);
  if (move != change.moves.departing.end()) event.other_name = move->second.name;
  record.sequence = change.Log(std::move(event));
  TRY(EndVersion(change, path, place, record, now));
  TRY(EraseCurrent(change, place, removal.source_time.ticks != 0 ? removal.source_time : now));
  return Outcome{.version = record.version, .sequence = record.sequence};
}

Result<Outcome> Make(Change& change, const RemoveVersion& removal) {
  const BlobPath& path = removal.path;
  const VersionRecord record =
      TRY(FindVersion(change.transaction, change.tables, path, removal.version));
  const ContainerRecord container =
      TRY(FindContainer(change.transaction, change.tables, path.container));
  TRY(CheckMutable(change, container, path, record));
  Place place = TRY(FindPlace(change, container, path));

  const Timestamp now = change.Tick();
  const uint64_t sequence = change.Log(EventOf(EventKind::kVersionDeleted, path, record, now));
  if (record.ended.ticks == 0) {
    TRY(ReleaseContent(change, record.content_id));
    TRY(EraseCurrent(change, place, now));
    TRY(place.directory.Prune(change));
  } else {
    TRY(ForgetVersion(change, place, record));
  }
  return Outcome{.version = record.version, .sequence = sequence};
}

}  // namespace replicafs::embedded
