#include "fs/core/find.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include <utility>

#include "fs/core/file_system_state.h"
#include "fs/core/versions_tree.h"

namespace replicafs {
namespace {

constexpr size_t kScanPageItems = 1000;

NodeSeed SeedIn(const Location& location, NodeKind kind, mode_t type) {
  return {.kind = kind, .type = type, .place = location.place, .account = location.place->account};
}

// The last component of the location's name.
std::string LastComponent(const Location& location) {
  const size_t slash = location.name.rfind('/');
  return slash == std::string::npos ? location.name : location.name.substr(slash + 1);
}

Result<Found> FindAccount(FileSystemState& state, std::string_view name) {
  MountedAccount* account = TRY(state.OpenAccount(name));
  return Found{.seed = {.kind = NodeKind::kAccount,
                        .type = S_IFDIR,
                        .component = std::string(name),
                        .account = account}};
}

Result<Found> FindContainer(FileSystemState& state, MountedAccount& account,
                            std::string_view name) {
  if (!ValidateContainerName(name))
    return Error{ErrorCode::kNotFound, fmt::format("there is no container '{}'", name)};
  TRY(account.store().GetContainer(name));
  return Found{.seed = {.kind = NodeKind::kContainer,
                        .type = S_IFDIR,
                        .place = state.PlaceOf(account, name),
                        .account = &account}};
}

// When what waits in the directory changed it. To be asked before the store is: what is made
// meanwhile is in the store's answer.
Timestamp LateTimeOf(const Location& location) {
  const LateChanges& late = location.place->account->late();
  return late.empty() ? Timestamp{} : late.TimeIn(location.container(), location.prefix());
}

Found DirectoryFound(const Location& location, Timestamp late) {
  Found found{.seed = SeedIn(location, NodeKind::kDirectory, S_IFDIR)};
  found.seed.component = LastComponent(location);
  found.late = late;
  return found;
}

Found FileFound(const Location& location, BlobInfo info) {
  Found found{.seed = SeedIn(location, NodeKind::kFile, TypeOf(info.properties))};
  found.seed.component = LastComponent(location);
  found.blob = std::move(info);
  return found;
}

// Looks through the directory for the component that is shown as `name`.
Result<StoredName> ScanFor(const Location& directory, std::string_view name) {
  ListRequest request{.container = directory.container(), .prefix = directory.prefix()};
  request.limit = kScanPageItems;
  for (;;) {
    const ListPage page = TRY(directory.store().List(request));
    for (const ListItem& item : page.items) {
      const auto* prefix = std::get_if<PrefixInfo>(&item);
      std::string_view whole = prefix != nullptr ? std::string_view(prefix->name)
                                                 : std::string_view(std::get<BlobInfo>(item).name);
      request.after = whole;
      whole.remove_prefix(request.prefix.size());
      if (prefix != nullptr) whole.remove_suffix(1);
      for (const NameForm form : {NameForm::kPlain, NameForm::kBesideDirectory}) {
        StoredName stored{std::string(whole), form};
        if (ToShown(stored, directory.name_place()) == name) return stored;
      }
    }
    if (!page.more) break;
  }
  return Error{ErrorCode::kNotFound, fmt::format("there is no '{}'", name)};
}

std::string InodePath(NodeKind kind, const ContainerPlace* place, std::string_view name,
                      VersionId version) {
  return fmt::format("{}\n{}\n{}\n{}", static_cast<int>(kind),
                     place == nullptr ? std::string() : place->container, name, version.ticks);
}

Attributes PlainDirectory(const FileSystemState& state) {
  Attributes attributes;
  attributes.mode = S_IFDIR | (0777 & ~state.options.umask);
  attributes.uid = state.options.uid;
  attributes.gid = state.options.gid;
  return attributes;
}

Attributes Directory(const FileSystemState& state, const Found& found) {
  const BlobInfo* marker = found.blob ? &*found.blob : nullptr;
  if (found.late.ticks == 0) {
    const PrefixInfo* prefix = found.prefix ? &*found.prefix : nullptr;
    return DirectoryAttributes(marker, prefix, state.defaults());
  }
  PrefixInfo prefix = found.prefix.value_or(PrefixInfo{.directories = 0});
  prefix.children_changed = std::max(prefix.children_changed, found.late);
  return DirectoryAttributes(marker, &prefix, state.defaults());
}

Attributes ContainerDirectory(const FileSystemState& state, const Location& location) {
  Attributes attributes = PlainDirectory(state);
  if (const auto info = location.store().GetContainer(location.container())) {
    attributes.links = DirectoryLinks(info->directories);
    attributes.ctime_ns = info->created.nanoseconds();
    attributes.mtime_ns = attributes.ctime_ns;
    attributes.atime_ns = attributes.ctime_ns;
  }
  return attributes;
}

uint64_t InodeOf(const Found& found, const Location& location) {
  const NodeSeed& seed = found.seed;
  if (seed.account == nullptr) return 1;
  uint64_t file_id = 0;
  if (seed.kind == NodeKind::kDirectory || seed.kind == NodeKind::kFile) {
    if (found.blob) file_id = found.blob->file_id;
    if (found.prefix && file_id == 0) file_id = found.prefix->file_id;
  }
  return seed.account->InodeOf(file_id,
                               InodePath(seed.kind, location.place, location.name, seed.version));
}

}  // namespace

Result<StoredName> StoredNameOf(const Location& directory, std::string_view name) {
  StoredName stored = TRY(ToStored(name, directory.name_place()));
  if (!IsHashedName(name)) return stored;
  auto scanned = ScanFor(directory, name);
  if (!scanned && scanned.error().code == ErrorCode::kNotFound) return stored;
  return scanned;
}

Result<Found> FindDirectory(const Location& location) {
  Found found = DirectoryFound(location, LateTimeOf(location));
  auto blob = location.store().Stat(location.path());
  if (!blob && blob.error().code != ErrorCode::kNotFound) return std::move(blob).error();
  if (blob && KindOf(blob->properties) == EntryKind::kDirectory) found.blob = std::move(*blob);
  auto prefix = location.store().StatPrefix({location.container(), location.prefix()});
  if (!prefix && prefix.error().code != ErrorCode::kNotFound) return std::move(prefix).error();
  if (prefix) found.prefix = std::move(*prefix);
  if (!found.blob && !found.prefix) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("there is no directory '{}'", ToString(location.path()))};
  }
  return found;
}

Result<Found> FindBlob(const Location& location, NameForm form) {
  const Timestamp late = LateTimeOf(location);
  auto blob = location.store().Stat(location.path());
  if (!blob && blob.error().code != ErrorCode::kNotFound) return std::move(blob).error();
  const bool is_file = blob && KindOf(blob->properties) == EntryKind::kFile;
  if (form == NameForm::kBesideDirectory) {
    if (is_file && blob->has_prefix) return FileFound(location, std::move(*blob));
    return Error{ErrorCode::kNotFound,
                 fmt::format("no file stands beside '{}/'", ToString(location.path()))};
  }
  if (is_file && !blob->has_prefix) return FileFound(location, std::move(*blob));
  Found found = DirectoryFound(location, late);
  const bool is_marker = blob && !is_file;
  if (!is_marker || blob->has_prefix) {
    auto prefix = location.store().StatPrefix({location.container(), location.name + "/"});
    if (prefix) {
      found.prefix = std::move(*prefix);
    } else if (!is_marker || prefix.error().code != ErrorCode::kNotFound) {
      if (is_file) return FileFound(location, std::move(*blob));
      return std::move(prefix).error();
    }
  }
  if (is_marker) found.blob = std::move(*blob);
  return found;
}

Result<Found> FindEntry(FileSystemState& state, const NodePtr& parent, std::string_view name) {
  switch (parent->kind) {
    case NodeKind::kAccounts: return FindAccount(state, name);
    case NodeKind::kAccount: return FindContainer(state, *parent->account, name);
    case NodeKind::kContainer:
    case NodeKind::kDirectory: break;
    case NodeKind::kVersionsRoot:
    case NodeKind::kVersions: return FindInVersions(state.nodes->LocationOf(*parent), name);
    case NodeKind::kFile:
    case NodeKind::kVersion: return Error{ErrorCode::kNotDirectory, "a file has no entries"};
  }
  const Location directory = state.nodes->LocationOf(*parent);
  const bool has_versions = parent->kind == NodeKind::kContainer || parent->id == kRootNode;
  if (has_versions && name == kVersionsName) return VersionsRootFound(directory);
  const StoredName stored = TRY(StoredNameOf(directory, name));
  Found found = TRY(FindBlob(directory.Child(stored.component), stored.form));
  found.seed.component = stored.component;
  return found;
}

Result<Found> FindNode(FileSystemState& state, const Node& node) {
  const Location location = state.nodes->LocationOf(node);
  Found found{.seed = {.kind = node.kind,
                       .type = node.type,
                       .place = node.place,
                       .account = node.account,
                       .version = node.version}};
  switch (node.kind) {
    case NodeKind::kAccounts:
    case NodeKind::kAccount:
    case NodeKind::kVersionsRoot:
    case NodeKind::kVersions: return found;
    case NodeKind::kContainer:
      TRY(location.store().GetContainer(location.container()));
      return found;
    case NodeKind::kDirectory: {
      auto directory = FindDirectory(location);
      // The mount's root stays, whatever becomes of the prefix.
      if (!directory && node.id == kRootNode) return found;
      return directory;
    }
    case NodeKind::kFile: {
      BlobInfo info = TRY(location.store().Stat(location.path()));
      if (TypeOf(info.properties) != node.type)
        return Error{ErrorCode::kStale, "'" + info.name + "' has become something else"};
      return FileFound(location, std::move(info));
    }
    case NodeKind::kVersion:
      found.blob = TRY(location.store().Stat(location.path(), node.version));
      return found;
  }
  return found;
}

uint64_t InodeByName(const Location& location, NodeKind kind) {
  return location.place->account->InodeOf(0, InodePath(kind, location.place, location.name, {}));
}

Attributes AttributesOf(const FileSystemState& state, const Found& found, const Location& location,
                        Node* node) {
  if (node != nullptr) {
    if (auto open = OpenAttributes(state, *node)) return *open;
  }
  const BlobInfo* blob = found.blob ? &*found.blob : nullptr;
  Attributes attributes;
  switch (found.seed.kind) {
    case NodeKind::kAccounts:
    case NodeKind::kAccount: attributes = PlainDirectory(state); break;
    case NodeKind::kContainer: attributes = ContainerDirectory(state, location); break;
    case NodeKind::kDirectory: attributes = Directory(state, found); break;
    case NodeKind::kFile: attributes = FileAttributes(*blob, state.defaults()); break;
    case NodeKind::kVersionsRoot:
      // Below it the modes of directories no longer hide what lies in them.
      attributes = PlainDirectory(state);
      attributes.mode = S_IFDIR | 0700;
      break;
    case NodeKind::kVersions: attributes = PlainDirectory(state); break;
    case NodeKind::kVersion: attributes = VersionAttributes(*blob, state.defaults()); break;
  }
  attributes.inode = InodeOf(found, location);
  const bool is_directory = S_ISDIR(attributes.mode);
  attributes.is_moving = is_directory && node != nullptr && state.nodes->HasPendingChildren(*node);
  return attributes;
}

std::optional<Attributes> OpenAttributes(const FileSystemState& state, Node& node) {
  if (node.kind != NodeKind::kFile) return std::nullopt;
  std::optional<BlobInfo> info;
  bool is_moving = false;
  {
    MutexLock lock(node.file_mutex);
    if (node.file.writer != nullptr) {
      // Or it is about to end, and somebody else tells of the file.
      is_moving =
          !node.unlinked && (node.file.write_handles == 0 || node.file.writer->NeedsCommit());
      info = node.file.writer->Info();
    } else if (node.unlinked && node.file.orphan) {
      info = *node.file.orphan;
    }
  }
  if (!info) return std::nullopt;
  Attributes attributes = FileAttributes(*info, state.defaults());
  attributes.links = node.unlinked ? 0 : 1;
  attributes.is_moving = is_moving;
  attributes.inode =
      node.account->InodeOf(info->file_id, InodePath(node.kind, node.place, info->name, {}));
  return attributes;
}

}  // namespace replicafs
