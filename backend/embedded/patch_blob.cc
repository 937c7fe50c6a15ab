#include "backend/embedded/keys.h"
#include "backend/embedded/lookup.h"
#include "backend/embedded/mutations.h"
#include "backend/embedded/place.h"
#include "backend/embedded/state_rows.h"

namespace replicafs::embedded {
namespace {

bool ChangesTierAlone(const PatchBlob& patch) {
  return patch.tier && !patch.headers && !patch.metadata && !patch.tags;
}

void ApplyTo(const PatchBlob& patch, BlobProperties& properties) {
  if (patch.headers) properties.headers = *patch.headers;
  if (patch.metadata) properties.metadata = *patch.metadata;
  if (patch.tags) properties.tags = *patch.tags;
}

Status ChangeTier(const Change& change, const BlobPath& path, Tier tier, VersionRecord& record) {
  const auto row = TRY(FindState(change.transaction, change.tables, kRehydrationKey));
  const std::chrono::seconds takes = TRY(ParseRehydrationTime(row));
  auto changed =
      WithTier({record.properties.tier, record.rehydration}, tier, takes, change.clock.Now());
  if (!changed) return std::move(changed).error().Within("blob '" + ToString(path) + "'");
  record.properties.tier = changed->tier;
  record.rehydration = changed->rehydration;
  return Ok();
}

}  // namespace

Result<Outcome> Make(Change& change, const PatchBlob& patch) {
  const BlobPath& path = patch.path;
  const ContainerRecord container =
      TRY(FindContainer(change.transaction, change.tables, path.container));
  const bool tier_alone = ChangesTierAlone(patch);
  if (!tier_alone || !patch.origin_policy_id.empty())
    TRY(CheckDestination(container, path.container, patch.origin_policy_id));
  VersionRecord record = TRY(FindVersion(change.transaction, change.tables, path, patch.version));
  Place place = TRY(FindPlace(change, container, path));
  TRY(CheckPrecondition(patch.precondition, place, path));
  if (!tier_alone) TRY(CheckMutable(change, container, path, record));
  if (patch.headers || patch.metadata) TRY(CheckKey(record.key_sha256, patch.key, ToString(path)));
  if (patch.tier) TRY(ChangeTier(change, path, *patch.tier, record));

  const Timestamp now = change.Tick();
  ApplyTo(patch, record.properties);
  record.etag = static_cast<uint64_t>(now.ticks);
  record.last_modified = now;
  if (record.origin && !tier_alone)
    record.origin->modified = patch.origin_policy_id.empty() ? now : patch.origin_modified;
  record.sequence =
      change.Log(Event{.kind = tier_alone ? EventKind::kTierChanged : EventKind::kPropertiesChanged,
                       .container = path.container,
                       .name = path.name,
                       .version = record.version,
                       .time = now,
                       .size_bytes = record.size_bytes,
                       .policy_id = patch.origin_policy_id,
                       .blob_kind = record.kind});
  TRY(RewriteVersion(change, place, record));
  return Outcome{.version = record.version,
                 .etag = EtagText(record.etag),
                 .last_modified = record.last_modified,
                 .sequence = record.sequence};
}

}  // namespace replicafs::embedded
