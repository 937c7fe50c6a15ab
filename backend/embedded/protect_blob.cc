#include "backend/embedded/lookup.h"
#include "backend/embedded/mutations.h"
#include "backend/embedded/place.h"

namespace replicafs::embedded {
namespace {

// The row with another protection, which changes neither its etag nor its time.
Result<Outcome> Protect(Change& change, const BlobPath& path, VersionRecord record,
                        const Protection& protection) {
  if (record.protection == protection) return Outcome{.version = record.version};
  const ContainerRecord container =
      TRY(FindContainer(change.transaction, change.tables, path.container));
  Place place = TRY(FindPlace(change, container, path));
  record.protection = protection;
  record.sequence = change.Log(Event{.kind = EventKind::kImmutabilityChanged,
                                     .container = path.container,
                                     .name = path.name,
                                     .version = record.version,
                                     .time = change.Tick(),
                                     .size_bytes = record.size_bytes,
                                     .blob_kind = record.kind});
  TRY(RewriteVersion(change, place, record));
  return Outcome{.version = record.version, .sequence = record.sequence};
}

}  // namespace

Result<Outcome> Make(Change& change, const SetImmutability& setting) {
  const VersionRecord record =
      TRY(FindVersion(change.transaction, change.tables, setting.path, setting.version));
  if (setting.policy) TRY(ValidatePolicy(*setting.policy, change.clock.Now()));
  TRY(CheckPolicyChange(record.protection.policy, setting.policy));
  Protection protection = record.protection;
  protection.policy = setting.policy;
  return Protect(change, setting.path, record, protection);
}

Result<Outcome> Make(Change& change, const SetLegalHold& setting) {
  const VersionRecord record =
      TRY(FindVersion(change.transaction, change.tables, setting.path, setting.version));
  Protection protection = record.protection;
  protection.legal_hold = setting.hold;
  return Protect(change, setting.path, record, protection);
}

}  // namespace replicafs::embedded
