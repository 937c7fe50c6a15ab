#include "fs/core/entries.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "fs/core/close_later.h"

namespace replicafs {

Result<NodePtr> DirectoryNode(FileSystemState& state, NodeId id) {
  NodePtr node = TRY(state.nodes->Find(id));
  if (node->type != S_IFDIR) return Error{ErrorCode::kNotDirectory, "a file has no entries"};
  if (node->unlinked) return Error{ErrorCode::kNotFound, "the directory was removed"};
  return node;
}

Result<NodePtr> WritableDirectoryNode(FileSystemState& state, NodeId id) {
  NodePtr node = TRY(DirectoryNode(state, id));
  switch (node->kind) {
    case NodeKind::kContainer:
    case NodeKind::kDirectory: return node;
    case NodeKind::kVersionsRoot:
    case NodeKind::kVersions:
      return Error{ErrorCode::kReadOnly, "versions cannot be made or changed by hand"};
    default:
      return Error{ErrorCode::kPermission,
                   "accounts and containers are made, renamed and deleted by 'replicafs account' "
                   "and 'replicafs container'"};
  }
}

bool IsBelowVersions(const Node& directory) {
  return directory.kind == NodeKind::kVersionsRoot || directory.kind == NodeKind::kVersions;
}

Entry MakeEntry(FileSystemState& state, const NodePtr& parent, std::string_view name,
                const Found& found) {
  const NodePtr node = state.nodes->Intern(parent, name, found.seed, 1);
  node->told_absent = false;
  return {.node = node->id,
          .attributes = AttributesOf(state, found, state.nodes->LocationOf(*node), node.get()),
          .is_fleeting = IsBelowVersions(*parent)};
}

NodePtr PendingChild(const FileSystemState& state, const NodePtr& parent, std::string_view name) {
  NodePtr child = state.nodes->FindChild(parent, name);
  return child != nullptr && child->pending ? child : nullptr;
}

Result<Entry> LookupEntry(FileSystemState& state, const NodePtr& parent, std::string_view name) {
  const NodePtr child = state.nodes->FindChild(parent, name);
  if (child != nullptr && (child->pending || HasLateCommit(*child))) {
    if (const auto attributes = OpenAttributes(state, *child)) {
      state.nodes->AddLookup(*child);
      return Entry{.node = child->id, .attributes = *attributes};
    }
  }
  const auto found = FindEntry(state, parent, name);
  if (found) return MakeEntry(state, parent, name, *found);
  if (found.error().code == ErrorCode::kNotFound) {
    if (const NodePtr absent = state.nodes->FindChild(parent, name)) absent->told_absent = true;
  }
  return found.error();
}

Status SettleEntry(const Location& directory, std::string_view name) {
  LateChanges& late = directory.place->account->late();
  if (late.empty()) return Ok();
  const Location location = directory.Child(TRY(StoredNameOf(directory, name)).component);
  uint64_t newest = late.NewestBelow(location.container(), location.prefix());
  if (const auto waiting = late.Find(location.path())) newest = std::max(newest, waiting->ticket);
  if (newest != 0) late.Settle(newest);
  return Ok();
}

Result<NewName> PlaceNewName(const Location& directory, std::string_view name) {
  StoredName stored = TRY(ToStored(name, directory.name_place()));
  if (stored.form == NameForm::kBesideDirectory) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("'{}' is kept for a file beside a directory of its name", name)};
  }
  Location location = directory.Child(stored.component);
  TRY(ValidateBlobName(location.name, directory.store().capabilities().names));
  return NewName{std::move(stored.component), std::move(location)};
}

}  // namespace replicafs
