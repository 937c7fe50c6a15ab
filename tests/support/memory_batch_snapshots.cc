#include <utility>

#include "tests/support/memory_batch.h"

namespace replicafs {

Result<Outcome> MemoryBatch::Do(const CreateSnapshot& mutation) {
  MemoryContainer* container = TRY(Container(mutation.path.container));
  const MemoryVersion* current = container->Current(mutation.path.name);
  if (current == nullptr)
    return Error{ErrorCode::kNotFound, "there is no blob '" + ToString(mutation.path) + "'"};
  const BlobInfo described = container->Describe(*current, clock_.Now());
  TRY(CheckSnapshot(described, mutation.key));

  const Timestamp taken = NextTick();
  MemoryVersion snapshot = *current;
  snapshot.info.version = VersionId{taken.ticks};
  snapshot.info.is_current = false;
  snapshot.info.ended = taken;
  snapshot.info.origin.reset();
  snapshot.info.protection = {};
  snapshot.info.sequence = Record({.kind = EventKind::kSnapshotCreated,
                                   .container = container->info.name,
                                   .name = mutation.path.name,
                                   .version = snapshot.info.version,
                                   .time = taken,
                                   .size_bytes = snapshot.info.size_bytes,
                                   .blob_kind = snapshot.info.kind})
                               .sequence;
  const VersionId id = snapshot.info.version;
  Save(container->blobs, mutation.path.name);
  container->blobs.at(mutation.path.name).snapshots[id] = std::move(snapshot);
  Outcome outcome = TRY(Do(CommitBlob{.path = mutation.path,
                                      .content = ContentOf{mutation.path, described.version},
                                      .properties = described.properties,
                                      .precondition = mutation.precondition}));
  outcome.snapshot = id;
  return outcome;
}

Result<Outcome> MemoryBatch::Do(const RemoveSnapshot& mutation) {
  MemoryContainer* container = TRY(Container(mutation.path.container));
  const MemoryVersion* found = TRY(state_.Snapshot(mutation.path, mutation.snapshot));
  TRY(CheckMutable(*container, found->info));
  const BlobInfo info = found->info;
  Save(container->blobs, mutation.path.name);
  const auto blob = container->blobs.find(mutation.path.name);
  blob->second.snapshots.erase(mutation.snapshot);
  if (blob->second.versions.empty() && blob->second.snapshots.empty()) container->blobs.erase(blob);
  Outcome outcome = Record({.kind = EventKind::kSnapshotDeleted,
                            .container = container->info.name,
                            .name = mutation.path.name,
                            .version = mutation.snapshot,
                            .size_bytes = info.size_bytes,
                            .blob_kind = info.kind});
  outcome.version = {};
  outcome.snapshot = mutation.snapshot;
  return outcome;
}

}  // namespace replicafs
