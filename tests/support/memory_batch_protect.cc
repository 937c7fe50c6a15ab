#include <utility>

#include "tests/support/memory_batch.h"

namespace replicafs {

Status MemoryBatch::CheckMutable(const MemoryContainer& container, const BlobInfo& version) const {
  return replicafs::CheckMutable(container.info.protection, version.protection, version.version,
                                 version.name, clock_.Now());
}

Status MemoryBatch::CheckMovable(const MemoryContainer& container, const std::string& prefix,
                                 const std::set<std::string>& names) const {
  for (const std::string& name : names)
    TRY(CheckMutable(container, container.Current(prefix + name)->info));
  return Ok();
}

Result<Outcome> MemoryBatch::Do(const SetImmutability& mutation) {
  TRY(Container(mutation.path.container));
  const MemoryVersion* version = TRY(state_.Version(mutation.path, mutation.version));
  if (mutation.policy) TRY(ValidatePolicy(*mutation.policy, clock_.Now()));
  Protection protection = version->info.protection;
  TRY(CheckPolicyChange(protection.policy, mutation.policy));
  protection.policy = mutation.policy;
  return Protect(mutation.path, version->info.version, protection);
}

Result<Outcome> MemoryBatch::Do(const SetLegalHold& mutation) {
  TRY(Container(mutation.path.container));
  const MemoryVersion* version = TRY(state_.Version(mutation.path, mutation.version));
  Protection protection = version->info.protection;
  protection.legal_hold = mutation.hold;
  return Protect(mutation.path, version->info.version, protection);
}

Result<Outcome> MemoryBatch::Protect(const BlobPath& path, VersionId version,
                                     const Protection& protection) {
  MemoryContainer* container = TRY(Container(path.container));
  Save(container->blobs, path.name);
  BlobInfo& info = container->blobs.at(path.name).versions.at(version).info;
  if (info.protection == protection) return Outcome{.version = version};
  info.protection = protection;
  info.sequence = state_.events.size() + 1;
  return Record({.kind = EventKind::kImmutabilityChanged,
                 .container = path.container,
                 .name = path.name,
                 .version = version,
                 .size_bytes = info.size_bytes,
                 .blob_kind = info.kind});
}

Result<Outcome> MemoryBatch::Do(const SetContainerImmutability& mutation) {
  MemoryContainer* container = TRY(Container(mutation.container));
  if (mutation.policy) TRY(ValidatePolicy(*mutation.policy));
  ContainerProtection protection = container->info.protection;
  TRY(CheckPolicyChange(protection.policy, mutation.policy));
  protection.policy = mutation.policy;
  return Protect(*container, std::move(protection));
}

Result<Outcome> MemoryBatch::Do(const ChangeContainerHolds& mutation) {
  MemoryContainer* container = TRY(Container(mutation.container));
  ContainerProtection protection = container->info.protection;
  TRY(ChangeHolds(mutation.add, mutation.remove, protection.legal_holds));
  return Protect(*container, std::move(protection));
}

Outcome MemoryBatch::Protect(MemoryContainer& container, ContainerProtection protection) {
  ContainerInfo& info = container.info;
  if (info.protection == protection) return Outcome{};
  const Timestamp now = NextTick();
  undo_.push_back([&info, old = info] { info = old; });
  info.protection = std::move(protection);
  info.etag = EtagAt(now);
  Outcome outcome =
      Record({.kind = EventKind::kImmutabilityChanged, .container = info.name, .time = now});
  outcome.etag = info.etag;
  outcome.last_modified = now;
  return outcome;
}

}  // namespace replicafs
