#include "backend/embedded/prefix_move.h"

#include <algorithm>

#include "backend/embedded/children.h"
#include "backend/embedded/contents.h"
#include "backend/embedded/keys.h"
#include "backend/embedded/marker.h"
#include "backend/embedded/place.h"

namespace replicafs::embedded {

Result<PrefixMove> PrefixMove::Begin(Change& change, std::string container, std::string from,
                                     std::string to) {
  ContainerRecord record = TRY(FindContainer(change.transaction, change.tables, container));
  TRY(CheckDestination(record, container, ""));
  return PrefixMove(change, std::move(record), std::move(container), std::move(from),
                    std::move(to));
}

Result<Tree> PrefixMove::ReadTree() const {
  const auto top = TRY(FindDirectory(from_));
  if (!top || !top->live) return NoSuchBlob({name_, from_});
  Tree tree;
  tree.directories.push_back({"", top->record});
  auto children = TRY(Children::Open(change_.transaction, change_.tables, ListScope::kLive));
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

Result<bool> PrefixMove::TargetLives() const {
  const auto target = TRY(FindDirectory(to_));
  return target && target->live;
}

Status PrefixMove::CheckNames(const Tree& tree) const {
  for (const std::string& name : tree.blobs) TRY(ValidateBlobName(to_ + name, kNameLimits));
  return Ok();
}

Result<std::optional<FoundDirectory>> PrefixMove::FindDirectory(std::string_view name) const {
  const auto [parent, component] = SplitDirectory(name);
  const auto parent_id = TRY(FindDirectoryId(
      change_.transaction, change_.tables, container_.root_directory_id, parent, ListScope::kAll));
  if (!parent_id) return std::optional<FoundDirectory>();
  return FindChildDirectory(change_.transaction, change_.tables, *parent_id, component,
                            ListScope::kAll);
}

Status PrefixMove::WriteDirectory(std::string_view name, const DirectoryRecord& record) {
  const auto [parent, component] = SplitDirectory(name);
  const auto parent_id = TRY(FindDirectoryId(
      change_.transaction, change_.tables, container_.root_directory_id, parent, ListScope::kAll));
  if (!parent_id)
    return Error{ErrorCode::kCorrupt, "directory above '" + std::string(name) + "' is missing"};
  const std::string key = EntryKey(*parent_id, component);
  const Table& table = record.live_count > 0 ? change_.tables.entries : change_.tables.graves;
  return table.Put(change_.transaction, key, Encode(record));
}

// Whether a marker beside the prefix shares its file id with the directory and does not move.
Result<bool> PrefixMove::MarkerStays(const std::string& prefix) const {
  const BlobPath path{name_, prefix.substr(0, prefix.size() - 1)};
  if (change_.moves.leaving.contains(path)) return false;
  const Place place = TRY(FindPlace(change_, container_, path));
  return place.current && IsMarker(place.current->properties);
}

Result<bool> PrefixMove::FileIdStays(const Tree::Directory& directory) const {
  if (!directory.name.empty()) return false;
  const bool at_source = TRY(MarkerStays(from_));
  const bool at_target = TRY(MarkerStays(to_));
  return at_source || at_target;
}

Status PrefixMove::CarryDirectory(const Tree::Directory& directory) {
  const std::string from = from_ + directory.name;
  const std::string to = to_ + directory.name;
  auto moved = TRY(FindDirectory(to));
  if (moved && moved->live) {
    const bool stays = TRY(FileIdStays(directory));
    if (!stays) moved->record.file_id = directory.record.file_id;
    moved->record.children_changed = directory.record.children_changed;
    TRY(WriteDirectory(to, moved->record));
  }
  auto left = TRY(FindDirectory(from));
  if (left && !left->live) {
    left->record.file_id = 0;
    TRY(WriteDirectory(from, left->record));
  }
  return Ok();
}

Status PrefixMove::MarkParentsChanged() {
  const Timestamp now{change_.counters.last_tick};
  for (const std::string& prefix : {from_, to_}) {
    const BlobPath parent{name_, std::string(SplitDirectory(prefix).directory)};
    auto path = TRY(DirectoryPath::Find(change_, container_.root_directory_id, parent));
    TRY(path.NameChanged(change_, now));
  }
  return Ok();
}

// The version that comes to live under a new name, with its event.
VersionRecord PrefixMove::Arriving(const VersionRecord& moved, const std::string& name,
                                   const std::string& other_name) {
  const Timestamp now = change_.Tick();
  VersionRecord record = moved;
  record.homes = HomesBehind(change_, {name_, other_name}, moved);
  record.version = VersionId{now.ticks};
  record.etag = static_cast<uint64_t>(now.ticks);
  record.created = now;
  record.last_modified = now;
  record.origin.reset();
  record.protection = {};
  record.sequence = change_.Log(Event{.kind = EventKind::kCreated,
                                      .container = name_,
                                      .name = name,
                                      .version = record.version,
                                      .time = now,
                                      .created = record.created,
                                      .other_name = other_name,
                                      .size_bytes = record.size_bytes,
                                      .blob_kind = record.kind});
  return record;
}

Status PrefixMove::MoveBlob(const std::string& name) {
  const BlobPath from{name_, from_ + name};
  const BlobPath to{name_, to_ + name};
  Place source = TRY(FindPlace(change_, container_, from));
  if (!source.current) return NoSuchBlob(from);
  VersionRecord old = *source.current;
  TRY(CheckMutable(change_, container_, from, old));
  Place target = TRY(FindPlace(change_, container_, to));
  const VersionRecord record = Arriving(old, to.name, from.name);
  TRY(ShareContent(change_, record.content_id));
  TRY(InsertCurrent(change_, target, record, record.created));

  const Timestamp ended = change_.Tick();
  old.sequence = change_.Log(Event{.kind = EventKind::kDeleted,
                                   .container = name_,
                                   .name = from.name,
                                   .version = old.version,
                                   .time = ended,
                                   .other_name = to.name,
                                   .size_bytes = old.size_bytes,
                                   .blob_kind = old.kind});
  // Anew: inserting may have changed directories that both names share.
  source = TRY(FindPlace(change_, container_, from));
  TRY(EndVersion(change_, from, source, old, ended));
  return EraseCurrent(change_, source, ended);
}

Status PrefixMove::ExchangeBlob(const std::string& name) {
  const BlobPath from{name_, from_ + name};
  const BlobPath to{name_, to_ + name};
  const Place source = TRY(FindPlace(change_, container_, from));
  const Place target = TRY(FindPlace(change_, container_, to));
  if (!source.current) return NoSuchBlob(from);
  if (!target.current) return NoSuchBlob(to);
  TRY(CheckMutable(change_, container_, from, *source.current));
  TRY(CheckMutable(change_, container_, to, *target.current));
  TRY(CheckSameKind(target.current->kind, source.current->kind, ToString(to)));
  TRY(Supersede(*source.current, to.name, from.name));
  return Supersede(*target.current, from.name, to.name);
}

Status PrefixMove::Supersede(const VersionRecord& moved, const std::string& name,
                             const std::string& other_name) {
  const BlobPath path{name_, name};
  Place place = TRY(FindPlace(change_, container_, path));
  const VersionRecord old = *place.current;
  VersionRecord record = Arriving(moved, name, other_name);
  record.created = old.created;
  record.has_prefix = old.has_prefix;
  TRY(ShareContent(change_, record.content_id));
  TRY(EndVersion(change_, path, place, old, record.version.time()));
  return ReplaceCurrent(change_, place, std::move(record));
}

}  // namespace replicafs::embedded
