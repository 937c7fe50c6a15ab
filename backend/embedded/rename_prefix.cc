#include <algorithm>
#include <string>
#include <vector>

#include "backend/embedded/children.h"
#include "backend/embedded/contents.h"
#include "backend/embedded/keys.h"
#include "backend/embedded/lookup.h"
#include "backend/embedded/marker.h"
#include "backend/embedded/mutations.h"
#include "backend/embedded/place.h"

namespace replicafs::embedded {
namespace {

// What lives below a prefix; names are relative to it.
struct Tree {
  struct Directory {
    std::string name;  // "" or ending in '/'
    DirectoryRecord record;
  };
  std::vector<Directory> directories;  // parents first
  std::vector<std::string> blobs;      // in byte order
};

Result<Tree> ReadTree(const Change& change, const DirectoryRecord& top) {
  Tree tree;
  tree.directories.push_back({"", top});
  auto children = TRY(Children::Open(change.transaction, change.tables, ListScope::kLive));
  for (size_t i = 0; i < tree.directories.size(); ++i) {
    const std::string name = tree.directories[i].name;
    bool found = TRY(children.Seek(tree.directories[i].record.directory_id, ""));
    while (found) {
      const Child& child = children.child();
      if (child.is_directory()) {
        tree.directories.push_back({name + child.component, TRY(DecodeDirectory(child.value))});
      } else {
        tree.blobs.push_back(name + child.component);
      }
      found = TRY(children.Next());
    }
  }
  std::sort(tree.blobs.begin(), tree.blobs.end());
  return tree;
}

Result<std::optional<FoundDirectory>> FindDirectory(const Change& change,
                                                    const ContainerRecord& container,
                                                    std::string_view name) {
  const auto [parent, component] = SplitDirectory(name);
  const auto parent_id = TRY(FindDirectoryId(change.transaction, change.tables,
                                             container.root_directory_id, parent, ListScope::kAll));
  if (!parent_id) return std::optional<FoundDirectory>();
  return FindChildDirectory(change.transaction, change.tables, *parent_id, component,
                            ListScope::kAll);
}

Status WriteDirectory(Change& change, const ContainerRecord& container, std::string_view name,
                      const DirectoryRecord& record) {
  const auto [parent, component] = SplitDirectory(name);
  const auto parent_id = TRY(FindDirectoryId(change.transaction, change.tables,
                                             container.root_directory_id, parent, ListScope::kAll));
  if (!parent_id)
    return Error{ErrorCode::kCorrupt, "directory above '" + std::string(name) + "' is missing"};
  const std::string key = EntryKey(*parent_id, component);
  const lmdb::Table& table = record.live_count > 0 ? change.tables.entries : change.tables.graves;
  return table.Put(change.transaction, key, Encode(record));
}

// Whether a marker beside the prefix shares its file id with the directory and does not move.
Result<bool> MarkerStays(const Change& change, const ContainerRecord& container,
                         const BlobPath& prefix) {
  const BlobPath path{prefix.container, prefix.name.substr(0, prefix.name.size() - 1)};
  if (change.moves.leaving.contains(path)) return false;
  const Place place = TRY(FindPlace(change, container, path));
  return place.current && IsMarker(place.current->properties);
}

Result<bool> FileIdStays(const Change& change, const ContainerRecord& container,
                         const RenamePrefix& rename, const Tree::Directory& directory) {
  if (!directory.name.empty()) return false;
  const bool at_source = TRY(MarkerStays(change, container, {rename.container, rename.from}));
  const bool at_target = TRY(MarkerStays(change, container, {rename.container, rename.to}));
  return at_source || at_target;
}

// The directory's file id and times go with it; what is left of it in the old place loses them.
Status CarryDirectory(Change& change, const ContainerRecord& container, const RenamePrefix& rename,
                      const Tree::Directory& directory) {
  const std::string from = rename.from + directory.name;
  const std::string to = rename.to + directory.name;
  auto moved = TRY(FindDirectory(change, container, to));
  if (moved && moved->live) {
    const bool stays = TRY(FileIdStays(change, container, rename, directory));
    if (!stays) moved->record.file_id = directory.record.file_id;
    moved->record.children_changed = directory.record.children_changed;
    TRY(WriteDirectory(change, container, to, moved->record));
  }
  auto left = TRY(FindDirectory(change, container, from));
  if (left && !left->live) {
    left->record.file_id = 0;
    TRY(WriteDirectory(change, container, from, left->record));
  }
  return Ok();
}

Result<uint64_t> MoveBlob(Change& change, const ContainerRecord& container,
                          const RenamePrefix& rename, const std::string& name) {
  const BlobPath from{rename.container, rename.from + name};
  const BlobPath to{rename.container, rename.to + name};
  Place source = TRY(FindPlace(change, container, from));
  if (!source.current) return NoSuchBlob(from);
  VersionRecord old = *source.current;
  Place target = TRY(FindPlace(change, container, to));

  const Timestamp created = change.Tick();
  VersionRecord record = old;
  record.version = VersionId{created.ticks};
  record.etag = static_cast<uint64_t>(created.ticks);
  record.created = created;
  record.last_modified = created;
  record.origin.reset();
  record.sequence = change.Log(Event{.kind = EventKind::kCreated,
                                     .container = rename.container,
                                     .name = to.name,
                                     .version = record.version,
                                     .time = created,
                                     .other_name = from.name,
                                     .size_bytes = record.size_bytes});
  TRY(ShareContent(change, record.content_id));
  TRY(InsertCurrent(change, target, record, created));

  const Timestamp ended = change.Tick();
  old.sequence = change.Log(Event{.kind = EventKind::kDeleted,
                                  .container = rename.container,
                                  .name = from.name,
                                  .version = old.version,
                                  .time = ended,
                                  .other_name = to.name,
                                  .size_bytes = old.size_bytes});
  // Anew: inserting may have changed directories that both names share.
  source = TRY(FindPlace(change, container, from));
  TRY(KeepVersion(change, source, old, ended));
  TRY(EraseCurrent(change, source, ended));
  return old.sequence;
}

Status CheckNames(const RenamePrefix& rename, const Tree& tree) {
  for (const std::string& name : tree.blobs) TRY(ValidateBlobName(rename.to + name, kNameLimits));
  return Ok();
}

}  // namespace

Result<Outcome> Make(Change& change, const RenamePrefix& rename) {
  const ContainerRecord container =
      TRY(FindContainer(change.transaction, change.tables, rename.container));
  TRY(CheckDestination(container, rename.container, ""));
  const auto from = TRY(FindDirectory(change, container, rename.from));
  if (!from || !from->live) return NoSuchBlob({rename.container, rename.from});
  const auto to = TRY(FindDirectory(change, container, rename.to));
  if (to && to->live)
    return Error{ErrorCode::kNotEmpty, "blobs live below '" + rename.to + "' already"};
  const Tree tree = TRY(ReadTree(change, from->record));
  TRY(CheckNames(rename, tree));

  Outcome outcome;
  for (const std::string& name : tree.blobs)
    outcome.sequence = TRY(MoveBlob(change, container, rename, name));
  for (const Tree::Directory& directory : tree.directories)
    TRY(CarryDirectory(change, container, rename, directory));
  return outcome;
}

}  // namespace replicafs::embedded
