#include "backend/embedded/lookup.h"
#include "backend/embedded/mutations.h"

namespace replicafs::embedded {
namespace {

Result<Outcome> Protect(Change& change, const std::string& name, ContainerRecord record,
                        ContainerProtection protection) {
  if (record.protection == protection) return Outcome{};
  const Timestamp now = change.Tick();
  record.protection = std::move(protection);
  record.etag = static_cast<uint64_t>(now.ticks);
  TRY(change.tables.containers.Put(change.transaction, name, Encode(record)));
  return Outcome{.etag = EtagText(record.etag),
                 .last_modified = now,
                 .sequence = change.Log(
                     {.kind = EventKind::kImmutabilityChanged, .container = name, .time = now})};
}

}  // namespace

Result<Outcome> Make(Change& change, const SetContainerImmutability& setting) {
  const ContainerRecord record =
      TRY(FindContainer(change.transaction, change.tables, setting.container));
  if (setting.policy) TRY(ValidatePolicy(*setting.policy));
  TRY(CheckPolicyChange(record.protection.policy, setting.policy));
  ContainerProtection protection = record.protection;
  protection.policy = setting.policy;
  return Protect(change, setting.container, record, std::move(protection));
}

Result<Outcome> Make(Change& change, const ChangeContainerHolds& holds) {
  const ContainerRecord record =
      TRY(FindContainer(change.transaction, change.tables, holds.container));
  ContainerProtection protection = record.protection;
  TRY(ChangeHolds(holds.add, holds.remove, protection.legal_holds));
  return Protect(change, holds.container, record, std::move(protection));
}

}  // namespace replicafs::embedded
