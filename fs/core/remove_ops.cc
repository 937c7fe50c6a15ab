#include "fs/core/remove_ops.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>
#include <vector>

#include "fs/core/close_later.h"
#include "fs/core/entries.h"
#include "fs/core/repeat.h"
#include "fs/core/unlink_later.h"

namespace replicafs {
namespace {

Status RemoveFile(FileSystemState& state, const NodePtr& parent, const Location& location,
                  const BlobInfo& info, const NodePtr& node) {
  if (node != nullptr) KeepOrphan(location, info, *node);
  std::vector<Mutation> changes{RemoveBlob{.path = location.path()}};
  auto keep = TRY(KeepDirectory(state, state.nodes->LocationOf(*parent), location));
  if (keep) changes.push_back(std::move(*keep));
  TRY(state.Apply(location.store(), std::move(changes)));
  return Ok();
}

Status UnlinkOnce(FileSystemState& state, const NodePtr& parent, std::string_view name,
                  const NodePtr& known) {
  const NamespaceGate::Shared gate(state.gate);
  const Found found = TRY(FindEntry(state, parent, name));
  if (found.seed.type == S_IFDIR)
    return Error{ErrorCode::kIsDirectory, fmt::format("'{}' is a directory", name)};
  Location location = state.nodes->LocationOf(*parent);
  if (found.seed.kind == NodeKind::kVersion) {
    TRY(state.Apply(location.store(), {RemoveVersion{location.path(), found.seed.version}}));
  } else {
    location = location.Child(found.seed.component);
    TRY(RemoveFile(state, parent, location, *found.blob, known));
  }
  if (const NodePtr node = state.nodes->FindChild(parent, name)) MarkUnlinked(state, *node);
  return Ok();
}

Status RemoveDirectoryOnce(FileSystemState& state, const NodePtr& parent, std::string_view name) {
  const NamespaceGate::Shared gate(state.gate);
  const NodePtr node = state.nodes->FindChild(parent, name);
  const Location directory = state.nodes->LocationOf(*parent);
  const Error not_empty{ErrorCode::kNotEmpty, fmt::format("'{}' is not empty", name)};
  if (node != nullptr && state.nodes->HasPendingChildren(*node)) return not_empty;
  TRY(SettleEntry(directory, name));
  const auto found = FindEntry(state, parent, name);
  if (!found) {
    // A directory without a marker ends with its last file. In a destination nothing can be
    // written in its stead, and whoever emptied it still expects to remove it.
    const bool was_there = node != nullptr && node->kind == NodeKind::kDirectory;
    if (found.error().code != ErrorCode::kNotFound || !was_there ||
        !IsDestination(directory.store(), directory.container()))
      return found.error();
    MarkUnlinked(state, *node);
    return Ok();
  }
  if (found->seed.type != S_IFDIR)
    return Error{ErrorCode::kNotDirectory, fmt::format("'{}' is no directory", name)};
  if (found->seed.kind != NodeKind::kDirectory)
    return Error{ErrorCode::kPermission, "the versions of a container cannot be removed at once"};
  if (found->prefix || (node != nullptr && state.nodes->HasPendingChildren(*node)))
    return not_empty;
  const Location location = directory.Child(found->seed.component);
  std::vector<Mutation> changes{
      RemoveBlob{.path = location.path(), .precondition = {.if_match = found->blob->etag}}};
  auto keep = TRY(KeepDirectory(state, directory, location));
  if (keep) changes.push_back(std::move(*keep));
  TRY(state.Apply(location.store(), std::move(changes)));
  if (node != nullptr) MarkUnlinked(state, *node);
  return Ok();
}

}  // namespace

Status Unlink(FileSystemState& state, NodeId parent_id, std::string_view name) {
  const NodePtr parent = TRY(DirectoryNode(state, parent_id));
  const bool in_versions =
      parent->kind == NodeKind::kVersions || parent->kind == NodeKind::kVersionsRoot;
  if (!in_versions) TRY(WritableDirectoryNode(state, parent_id));
  const NodePtr known = state.nodes->FindChild(parent, name);
  if (known == nullptr) return Repeat([&] { return UnlinkOnce(state, parent, name, known); });
  MutexLock lock(known->commit_mutex);
  if (known->pending && GiveUpLateCommit(state, *known)) {
    MarkUnlinked(state, *known);
    return Ok();
  }
  const bool answered = TRY(UnlinkLater(state, parent, name, *known));
  if (answered) return Ok();
  const Status removed = Repeat([&] { return UnlinkOnce(state, parent, name, known); });
  if (removed && known->account != nullptr) known->account->late().Retry();
  return removed;
}

Status RemoveDirectory(FileSystemState& state, NodeId parent_id, std::string_view name) {
  const NodePtr parent = TRY(WritableDirectoryNode(state, parent_id));
  if (PendingChild(state, parent, name) != nullptr)
    return Error{ErrorCode::kNotDirectory, fmt::format("'{}' is no directory", name)};
  return Repeat([&] { return RemoveDirectoryOnce(state, parent, name); });
}

Result<std::optional<Mutation>> KeepDirectory(const FileSystemState& state,
                                              const Location& directory, const Location& leaving) {
  return KeepDirectory(state, directory.store(),
                       {.directory = directory,
                        .leaving = {leaving.name, leaving.prefix()},
                        .time = state.clock.Now()});
}

Result<std::optional<Mutation>> KeepDirectory(const FileSystemState& state, BlobStore& store,
                                              const Leaving& removal) {
  const Location& directory = removal.directory;
  if (directory.is_root || IsDestination(store, directory.container()))
    return std::optional<Mutation>();
  // One more, to see that there is more.
  const ListPage page = TRY(store.List({.container = directory.container(),
                                        .prefix = directory.prefix(),
                                        .limit = removal.leaving.size() + 1}));
  for (const ListItem& item : page.items) {
    const auto* prefix = std::get_if<PrefixInfo>(&item);
    if (!removal.leaving.contains(prefix != nullptr ? prefix->name : std::get<BlobInfo>(item).name))
      return std::optional<Mutation>();
  }
  const AttributeDefaults defaults = state.defaults();
  auto marker = store.Stat(directory.path());
  if (!marker) {
    if (marker.error().code != ErrorCode::kNotFound) return std::move(marker).error();
    const NewFile made{.mode = S_IFDIR | (0777 & ~defaults.umask),
                       .uid = defaults.uid,
                       .gid = defaults.gid,
                       .mtime_ns = removal.time.nanoseconds()};
    return std::optional<Mutation>(CommitBlob{.path = directory.path(),
                                              .content = std::string(),
                                              .properties = PropertiesOfNew(made),
                                              .precondition = {.if_none_match = true}});
  }
  if (KindOf(marker->properties) != EntryKind::kDirectory) return std::optional<Mutation>();
  if (!RefuseImmutable(state, directory, *marker)) return std::optional<Mutation>();
  // An empty prefix does not remember when it was emptied; its marker does.
  PatchBlob patch{.path = directory.path(), .metadata = marker->properties.metadata};
  patch.precondition.if_match = marker->etag;
  RecordModified(removal.time.nanoseconds(), *patch.metadata);
  return std::optional<Mutation>(std::move(patch));
}

void KeepOrphan(const Location& location, const BlobInfo& info, Node& node) {
  bool is_open = false;
  {
    MutexLock lock(node.file_mutex);
    is_open = node.file.handles > 0;
  }
  std::shared_ptr<BlobReader> reader;
  if (is_open) {
    auto opened = location.store().Open(location.path(), info.version);
    if (opened) reader = std::move(*opened);
  }
  MutexLock lock(node.file_mutex);
  node.file.orphan = std::make_unique<BlobInfo>(info);
  node.file.orphan_reader = std::move(reader);
}

void AbandonName(FileSystemState& state, Node& node) {
  const Location location = state.nodes->LocationOf(node);
  std::optional<BlobInfo> last;
  VersionId read_version;
  {
    MutexLock lock(node.file_mutex);
    if (node.file.writer != nullptr) last = node.file.writer->Info();
    read_version = node.file.read_version;
  }
  if (!last && read_version) {
    auto info = location.store().Stat(location.path(), read_version);
    if (info) last = std::move(*info);
  }
  if (last) KeepOrphan(location, *last, node);
  MarkUnlinked(state, node);
}

void MarkUnlinked(FileSystemState& state, Node& node) {
  node.unlinked = true;
  state.nodes->ClearPending(node);
  state.nodes->Unlink(node);
}

}  // namespace replicafs
