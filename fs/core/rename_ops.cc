#include "fs/core/rename_ops.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <optional>
#include <utility>
#include <vector>

#include "fs/core/close_later.h"
#include "fs/core/entries.h"
#include "fs/core/exchange_ops.h"
#include "fs/core/file_commit.h"
#include "fs/core/remove_ops.h"
#include "fs/core/rename_parts.h"
#include "fs/core/repeat.h"

namespace replicafs {
namespace {

// What stands at the new name; nullopt: nothing in the store.
Result<std::optional<Found>> FindTarget(FileSystemState& state, const Ends& ends) {
  auto target = FindEntry(state, ends.new_parent, ends.new_name);
  if (!target && target.error().code == ErrorCode::kNotFound) return std::optional<Found>();
  Found found = TRY(std::move(target));
  if (ends.mode == RenameMode::kNoReplace)
    return Error{ErrorCode::kExists, fmt::format("'{}' exists", ends.new_name)};
  if (found.seed.kind == NodeKind::kVersionsRoot)
    return Error{ErrorCode::kPermission, "the versions of a container cannot be replaced"};
  return std::optional<Found>(std::move(found));
}

Status AddKeepDirectory(FileSystemState& state, const Ends& ends, const Location& from,
                        std::vector<Mutation>& changes) {
  if (ends.parent == ends.new_parent) return Ok();
  auto keep = TRY(KeepDirectory(state, state.nodes->LocationOf(*ends.parent), from));
  if (keep) changes.push_back(std::move(*keep));
  return Ok();
}

Status RenameFileOnce(FileSystemState& state, const Ends& ends, const NodePtr& source,
                      const NodePtr& target) {
  const NamespaceGate::Shared gate(state.gate);
  const Found found = TRY(FindEntry(state, ends.parent, ends.name));
  if (found.seed.kind != NodeKind::kFile)
    return Error{ErrorCode::kStale, fmt::format("'{}' has become something else", ends.name)};
  const Location from = state.nodes->LocationOf(*ends.parent).Child(found.seed.component);
  const bool target_pending = target != nullptr && target->pending;
  if (target_pending && ends.mode == RenameMode::kNoReplace)
    return Error{ErrorCode::kExists, fmt::format("'{}' exists", ends.new_name)};
  const auto replaced = TRY(FindTarget(state, ends));
  if (replaced && replaced->seed.type == S_IFDIR)
    return Error{ErrorCode::kIsDirectory, fmt::format("'{}' is a directory", ends.new_name)};
  const Location new_directory = state.nodes->LocationOf(*ends.new_parent);
  const NewName to = TRY(PlaceNewName(new_directory, ends.new_name));
  if (to.location.name == from.name) return Ok();
  if (replaced && target != nullptr) KeepOrphan(to.location, *replaced->blob, *target);

  CommitBlob move =
      MoveOf(*found.blob, from, to.location, FileAttributes(*found.blob, state.defaults()));
  move.precondition.if_none_match = ends.mode == RenameMode::kNoReplace;
  std::vector<Mutation> changes{
      std::move(move),
      RemoveBlob{.path = from.path(), .precondition = {.if_match = found.blob->etag}}};
  TRY(AddKeepDirectory(state, ends, from, changes));
  if (source != nullptr) HoldCommitted(state, *source, found.blob->version);
  const auto outcomes = TRY(state.Apply(from.store(), std::move(changes)));

  if (target != nullptr) MarkUnlinked(state, *target);
  state.nodes->Move(ends.parent, ends.name, ends.new_parent, ends.new_name, to.component);
  if (source != nullptr) FileRenamed(*source, found.blob->version, outcomes[0].version);
  return Ok();
}

Status RenameDirectoryOnce(FileSystemState& state, const Ends& ends) {
  const NamespaceGate::Exclusive gate(state.gate);
  TRY(SettleEntry(state.nodes->LocationOf(*ends.parent), ends.name));
  TRY(SettleEntry(state.nodes->LocationOf(*ends.new_parent), ends.new_name));
  const Found found = TRY(FindEntry(state, ends.parent, ends.name));
  if (found.seed.kind != NodeKind::kDirectory)
    return Error{ErrorCode::kStale, fmt::format("'{}' has become something else", ends.name)};
  const Location from = state.nodes->LocationOf(*ends.parent).Child(found.seed.component);
  const NodePtr target = state.nodes->FindChild(ends.new_parent, ends.new_name);
  if (target != nullptr && target->pending)
    return Error{ErrorCode::kNotDirectory, fmt::format("'{}' is no directory", ends.new_name)};
  const auto replaced = TRY(FindTarget(state, ends));
  if (replaced && replaced->seed.type != S_IFDIR)
    return Error{ErrorCode::kNotDirectory, fmt::format("'{}' is no directory", ends.new_name)};
  const NewName to = TRY(PlaceNewName(state.nodes->LocationOf(*ends.new_parent), ends.new_name));
  if (to.location.name == from.name) return Ok();
  if (to.location.name.starts_with(from.prefix()))
    return Error{ErrorCode::kInvalid, "a directory cannot be moved into itself"};
  if ((replaced && replaced->prefix) ||
      (target != nullptr && state.nodes->HasPendingChildren(*target)))
    return Error{ErrorCode::kNotEmpty, fmt::format("'{}' is not empty", ends.new_name)};

  std::vector<Mutation> changes;
  if (found.blob) {
    const Attributes attributes = DirectoryAttributes(
        &*found.blob, found.prefix ? &*found.prefix : nullptr, state.defaults());
    changes.push_back(MoveOf(*found.blob, from, to.location, attributes));
    changes.push_back(RemoveBlob{.path = from.path()});
  } else if (replaced && replaced->blob) {
    changes.push_back(RemoveBlob{.path = to.location.path()});
  }
  if (found.prefix)
    changes.push_back(RenamePrefix{from.container(), from.prefix(), to.location.prefix()});
  TRY(AddKeepDirectory(state, ends, from, changes));
  HoldCommittedBelow(state, from);
  TRY(state.Apply(from.store(), std::move(changes)));

  if (target != nullptr) MarkUnlinked(state, *target);
  state.nodes->Move(ends.parent, ends.name, ends.new_parent, ends.new_name, to.component);
  return Ok();
}

Status RenameFile(FileSystemState& state, const Ends& ends) {
  const NodePtr source = state.nodes->FindChild(ends.parent, ends.name);
  const NodePtr target = state.nodes->FindChild(ends.new_parent, ends.new_name);
  Node nobody(NodeId{0}, NodeKind::kFile, S_IFREG);
  const TwoFiles locks(source != nullptr ? *source : nobody, target != nullptr ? *target : nobody);
  return RenameFileOnce(state, ends, source, target);
}

Status CheckPlaces(FileSystemState& state, const Ends& ends) {
  if (ends.parent->place != ends.new_parent->place) {
    return Error{ErrorCode::kCrossDevice,
                 "a file cannot be renamed into another container, only copied"};
  }
  return RefuseDestination(state.nodes->LocationOf(*ends.parent));
}

// A file that was closed a moment ago is committed under its new name at once, where that is free
// and in the same directory: how programs replace a file safely.
Result<bool> RenameUncommitted(FileSystemState& state, const Ends& ends, const NodePtr& node) {
  if (ends.parent != ends.new_parent || ends.name == ends.new_name) return false;
  MutexLock lock(node->commit_mutex);
  const NamespaceGate::Shared gate(state.gate);
  if (!node->pending || state.nodes->FindChild(ends.parent, ends.new_name) != nullptr) return false;
  const auto target = FindEntry(state, ends.parent, ends.new_name);
  if (target || target.error().code != ErrorCode::kNotFound) return false;
  const NewName to = TRY(PlaceNewName(state.nodes->LocationOf(*ends.parent), ends.new_name));
  if (!RenameLateCommit(state, *node, to.location, ends.new_name)) return false;
  state.nodes->Move(ends.parent, ends.name, ends.parent, ends.new_name, to.component);
  return true;
}

Status RenameOnce(FileSystemState& state, const Ends& ends) {
  if (const NodePtr pending = PendingChild(state, ends.parent, ends.name)) {
    // What is refused commits nothing.
    if (ends.mode == RenameMode::kNoReplace &&
        (PendingChild(state, ends.new_parent, ends.new_name) != nullptr ||
         FindEntry(state, ends.new_parent, ends.new_name)))
      return Error{ErrorCode::kExists, fmt::format("'{}' exists", ends.new_name)};
    const bool renamed = TRY(RenameUncommitted(state, ends, pending));
    if (renamed) return Ok();
    TRY(CommitIfNew(state, pending));
  }
  const Found found = TRY(FindEntry(state, ends.parent, ends.name));
  if (found.seed.kind == NodeKind::kFile) return RenameFile(state, ends);
  if (found.seed.kind == NodeKind::kDirectory) return RenameDirectoryOnce(state, ends);
  return Error{ErrorCode::kPermission, fmt::format("'{}' cannot be renamed", ends.name)};
}

}  // namespace

Status Rename(FileSystemState& state, const RenameRequest& request) {
  Ends ends{.name = request.name, .new_name = request.new_name, .mode = request.mode};
  ends.parent = TRY(WritableDirectoryNode(state, request.parent));
  ends.new_parent = TRY(WritableDirectoryNode(state, request.new_parent));
  TRY(CheckPlaces(state, ends));
  return Repeat([&] {
    return ends.mode == RenameMode::kExchange ? ExchangeOnce(state, ends) : RenameOnce(state, ends);
  });
}

}  // namespace replicafs
