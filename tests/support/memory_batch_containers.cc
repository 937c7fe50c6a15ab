#include <memory>
#include <utility>

#include "backend/blob/container_deletion.h"
#include "tests/support/memory_batch.h"

namespace replicafs {

std::optional<std::string> MemoryBatch::Row(std::string_view key) const {
  const auto row = state_.rows.find(key);
  return row == state_.rows.end() ? std::nullopt : std::optional(row->second);
}

Result<Outcome> MemoryBatch::Do(const CreateContainer& mutation) {
  if (state_.containers.contains(mutation.name))
    return Error{ErrorCode::kExists, "the container '" + mutation.name + "' exists already"};
  const std::string deleted_key = DeletedContainerKey(mutation.name);
  TRY(CheckNotBeingDeleted(Row(deleted_key), mutation.name, clock_.Now()));
  TRY(Do(RemoveState{deleted_key}));
  const Timestamp now = NextTick();
  Save(state_.containers, mutation.name);
  state_.containers[mutation.name].info = {
      .name = mutation.name, .created = now, .etag = EtagAt(now)};
  Outcome outcome =
      Record({.kind = EventKind::kContainerCreated, .container = mutation.name, .time = now});
  outcome.etag = EtagAt(now);
  outcome.last_modified = now;
  return outcome;
}

Result<Outcome> MemoryBatch::Do(const DeleteContainer& mutation) {
  MemoryContainer* container = TRY(Container(mutation.name));
  if (!container->info.destination_policy_id.empty()) {
    return Error{ErrorCode::kBusy, "the container '" + mutation.name +
                                       "' is the destination of policy " +
                                       container->info.destination_policy_id};
  }
  if (!container->info.protection.legal_holds.empty()) {
    return Error{ErrorCode::kImmutable,
                 "the container '" + mutation.name + "' is under a legal hold"};
  }
  if (mutation.only_empty && !container->blobs.empty()) {
    return Error{ErrorCode::kNotEmpty, "the container '" + mutation.name + "' is not empty"};
  }
  for (const auto& [name, blob] : container->blobs) {
    for (const auto& [id, version] : blob.versions) TRY(CheckMutable(*container, version.info));
    for (const auto& [id, snapshot] : blob.snapshots) TRY(CheckMutable(*container, snapshot.info));
  }
  const auto takes = TRY(ParseContainerDeletionTime(Row(kContainerDeletionKey)));
  if (takes.count() > 0) {
    const Timestamp until{clock_.Now().ticks + takes.count() * Timestamp::kTicksPerSecond};
    TRY(Do(PutState{DeletedContainerKey(mutation.name), EncodeDeletedUntil(until)}));
  }
  // The node itself is kept, because earlier undo steps refer to the maps in it.
  auto& containers = state_.containers;
  auto node = std::make_shared<std::decay_t<decltype(containers)>::node_type>(
      containers.extract(mutation.name));
  undo_.push_back([&containers, node] { containers.insert(std::move(*node)); });
  return Record({.kind = EventKind::kContainerDeleted, .container = mutation.name});
}

Result<Outcome> MemoryBatch::Do(const SetDestination& mutation) {
  MemoryContainer* container = TRY(Container(mutation.container));
  const std::string policy_id = container->info.destination_policy_id;
  if (policy_id == mutation.policy_id) return Outcome{};
  if (!policy_id.empty() && !mutation.policy_id.empty()) {
    return Error{ErrorCode::kBusy, "the container '" + mutation.container +
                                       "' is the destination of policy " + policy_id};
  }
  const Timestamp now = NextTick();
  undo_.push_back([container, old = container->info] { container->info = old; });
  container->info.destination_policy_id = mutation.policy_id;
  container->info.etag = EtagAt(now);
  return Record(
      {.kind = EventKind::kDestinationChanged, .container = mutation.container, .time = now});
}

Result<Outcome> MemoryBatch::Do(const PutState& mutation) {
  Save(state_.rows, mutation.key);
  state_.rows[mutation.key] = mutation.value;
  return Outcome{};
}

Result<Outcome> MemoryBatch::Do(const RemoveState& mutation) {
  Save(state_.rows, mutation.key);
  state_.rows.erase(mutation.key);
  return Outcome{};
}

Result<Outcome> MemoryBatch::Do(const ExpectState& mutation) {
  const auto row = state_.rows.find(mutation.key);
  const bool holds =
      row == state_.rows.end() ? !mutation.value : mutation.value && *mutation.value == row->second;
  if (holds) return Outcome{};
  return Error{ErrorCode::kPrecondition, "the state row '" + mutation.key + "' has changed"};
}

}  // namespace replicafs
