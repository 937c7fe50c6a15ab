#include "fs/core/unlink_later.h"

#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "backend/base/log.h"
#include "fs/core/remove_ops.h"
#include "fs/core/repeat.h"

namespace replicafs {
namespace {

// Whether the name is a file's that nobody has open and that has nothing of its own to commit.
bool IsPlain(Node& node) {
  if (node.kind != NodeKind::kFile || node.pending || node.unlinked) return false;
  MutexLock lock(node.file_mutex);
  return node.file.handles == 0 && node.file.writer == nullptr;
}

BlobPath PathOf(const Removal& removal) {
  return {removal.directory.container(), removal.blob};
}

// All of them, and what keeps the directories that they empty, or nothing.
Status RemoveTogether(const FileSystemState& state, BlobStore& store,
                      std::span<const Removal> removals) {
  std::vector<Mutation> changes;
  std::map<std::pair<std::string, std::string>, std::pair<Location, std::set<std::string>>> parents;
  for (const Removal& removal : removals) {
    const Location& directory = removal.directory;
    changes.push_back(
        RemoveBlob{.path = PathOf(removal), .precondition = {.if_match = removal.etag}});
    auto& [location, leaving] = parents[{directory.container(), directory.prefix()}];
    location = directory;
    leaving.insert(removal.blob);
  }
  for (const auto& [key, parent] : parents) {
    auto keep = TRY(KeepDirectory(state, store, parent.first, parent.second));
    if (keep) changes.push_back(std::move(*keep));
  }
  TRY(state.Apply(store, std::move(changes)));
  return Ok();
}

Status RemoveOne(FileSystemState& state, BlobStore& store, const Removal& removal) {
  return Repeat([&]() -> Status {
    const auto info = store.Stat(PathOf(removal));
    const bool gone = !info && info.error().code == ErrorCode::kNotFound;
    if (!gone) {
      TRY(info);
      if (info->etag == removal.etag) return RemoveTogether(state, store, std::span(&removal, 1));
    }
    // Others were there first; the kernel believes what it asked for.
    state.watcher.TellEntry(removal.parent, removal.name);
    return Ok();
  });
}

}  // namespace

Result<bool> UnlinkLater(FileSystemState& state, const NodePtr& parent, std::string_view name,
                         Node& node) {
  if (!IsPlain(node)) return false;
  SettlingAccount& account = *node.account->account;
  if (!account.removals().usable()) return false;
  const NamespaceGate::Shared gate(state.gate);
  const Location location = state.nodes->LocationOf(node);
  const BlobInfo info = TRY(account.inner_store().Stat(location.path()));
  if (KindOf(info.properties) != BlobKind::kFile) return false;
  KeepOrphan(location, info, node);
  MarkUnlinked(state, node);
  account.removals().Push({.directory = state.nodes->LocationOf(*parent),
                           .blob = location.name,
                           .etag = info.etag,
                           .parent = parent->id,
                           .name = std::string(name)});
  return true;
}

Status MakeRemovals(FileSystemState& state, const std::vector<Removal>& removals) {
  BlobStore& store = removals.front().directory.place->account->account->inner_store();
  if (RemoveTogether(state, store, removals)) return Ok();
  // One by one, to find out which.
  Status all = Ok();
  for (const Removal& removal : removals) {
    Status made = RemoveOne(state, store, removal);
    if (made) continue;
    Log(LogLevel::kError, "'{}' was removed, and is there again: {}", ToString(PathOf(removal)),
        made.error().message);
    state.watcher.TellEntry(removal.parent, removal.name);
    all = std::move(made);
  }
  return all;
}

}  // namespace replicafs
