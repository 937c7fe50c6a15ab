#include "backend/embedded/contents.h"
#include "backend/embedded/keys.h"
#include "backend/embedded/lookup.h"
#include "backend/embedded/mutations.h"
#include "backend/embedded/place.h"

namespace replicafs::embedded {

Result<Outcome> Make(Change& change, const CreateSnapshot& creation) {
  const BlobPath& path = creation.path;
  const ContainerRecord container =
      TRY(FindContainer(change.transaction, change.tables, path.container));
  const Place place = TRY(FindPlace(change, container, path));
  if (!place.current) return NoSuchBlob(path);
  VersionRecord snapshot = *place.current;
  const BlobInfo info = ToInfo(snapshot, path.name, change.clock.Now());
  TRY(CheckSnapshot(info, creation.key));

  const Timestamp taken = change.Tick();
  snapshot.homes = HomesBehind(change, path, *place.current);
  snapshot.version = VersionId{taken.ticks};
  snapshot.ended = taken;
  snapshot.has_prefix = false;
  snapshot.is_snapshot = true;
  snapshot.origin.reset();
  snapshot.protection = {};
  snapshot.sequence = change.Log(EventOf(EventKind::kSnapshotCreated, path, snapshot, taken));
  TRY(ShareContent(change, snapshot.content_id));
  TRY(PutPrevious(change, place, snapshot));
  Outcome outcome = TRY(Make(change,
                             CommitBlob{.path = path,
                                        .content = ContentOf{path, place.current->version},
                                        .properties = info.properties,
                                        .precondition = creation.precondition},
                             std::nullopt));
  outcome.snapshot = snapshot.version;
  return outcome;
}

Result<Outcome> Make(Change& change, const RemoveSnapshot& removal) {
  const BlobPath& path = removal.path;
  const VersionRecord snapshot =
      TRY(FindSnapshot(change.transaction, change.tables, path, removal.snapshot));
  const ContainerRecord container =
      TRY(FindContainer(change.transaction, change.tables, path.container));
  TRY(CheckMutable(change, container, path, snapshot));
  Place place = TRY(FindPlace(change, container, path));
  const uint64_t sequence =
      change.Log(EventOf(EventKind::kSnapshotDeleted, path, snapshot, change.Tick()));
  TRY(ForgetVersion(change, place, snapshot));
  return Outcome{.sequence = sequence, .snapshot = snapshot.version};
}

}  // namespace replicafs::embedded
