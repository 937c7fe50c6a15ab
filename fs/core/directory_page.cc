#include "fs/core/directory_page.h"

#include <sys/stat.h>

#include <map>
#include <optional>
#include <utility>

#include "fs/core/entries.h"
#include "fs/core/file_commit.h"
#include "fs/core/posix_metadata.h"
#include "fs/core/versions_tree.h"

namespace replicafs {
namespace {

using Phase = ListPosition::Phase;

constexpr size_t kPageItems = 256;
constexpr size_t kNamePageItems = 1024;

Result<std::vector<ListedEntry>> ListDots(FileSystemState& state, const DirectoryHandle& handle) {
  std::vector<ListedEntry> entries;
  const NodePtr parent = state.nodes->ParentOf(*handle.node);
  const auto describe = [&](const Node& node) {
    auto found = FindNode(state, node);
    if (found) return std::move(*found);
    return Found{
        .seed = {
            .kind = node.kind, .type = node.type, .place = node.place, .account = node.account}};
  };
  entries.push_back({".", describe(*handle.node), {Phase::kDots, "."}});
  entries.push_back(
      {"..", describe(parent == nullptr ? *handle.node : *parent), {Phase::kPending, ""}});
  return entries;
}

std::vector<ListedEntry> ListPending(const FileSystemState& state, const DirectoryHandle& handle,
                                     const std::string& after) {
  std::vector<ListedEntry> entries;
  for (const auto& [name, node] : state.nodes->PendingChildren(*handle.node)) {
    const auto writer = WriterOf(*node);
    if (writer == nullptr || (!after.empty() && name <= after)) continue;
    Found found{.seed = {.kind = node->kind,
                         .type = node->type,
                         .component = state.nodes->ComponentOf(*node),
                         .place = node->place,
                         .account = node->account}};
    found.blob = writer->Info();
    entries.push_back({name, std::move(found), {Phase::kPending, name}});
  }
  return entries;
}

// Entries that are neither blobs nor prefixes: accounts, containers.
Result<std::vector<ListedEntry>> ListTop(FileSystemState& state, const Node& node,
                                         const std::string& after) {
  std::vector<std::string> names;
  if (node.kind == NodeKind::kAccounts) {
    names = TRY(state.accounts.AccountNames());
  } else {
    const auto containers = TRY(node.account->store().ListContainers());
    for (const ContainerInfo& container : containers) names.push_back(container.name);
  }
  std::vector<ListedEntry> entries;
  const NodePtr directory = TRY(state.nodes->Find(node.id));
  for (const std::string& name : names) {
    if (name <= after) continue;
    auto found = FindEntry(state, directory, name);
    // Gone meanwhile, or an account that cannot be opened: looking it up tells why.
    if (!found) continue;
    entries.push_back({name, std::move(*found), {Phase::kStored, name}});
  }
  return entries;
}

NodeSeed SeedOf(const Location& directory, NodeKind kind, mode_t type, std::string component) {
  return {.kind = kind,
          .type = type,
          .component = std::move(component),
          .place = directory.place,
          .account = directory.place->account};
}

// nullopt: the prefix of the same name, which follows, stands for both.
std::optional<ListedEntry> BlobEntry(const Location& directory, BlobInfo info) {
  const bool is_marker = KindOf(info.properties) == EntryKind::kDirectory;
  if (is_marker && info.has_prefix) return std::nullopt;
  std::string component = info.name.substr(directory.prefix().size());
  const std::string after = component;
  const NameForm form = info.has_prefix ? NameForm::kBesideDirectory : NameForm::kPlain;
  ListedEntry entry{.name = ToShown({component, form}, directory.name_place())};
  entry.next = {Phase::kStored, after};
  entry.found.seed = SeedOf(directory, is_marker ? NodeKind::kDirectory : NodeKind::kFile,
                            TypeOf(info.properties), std::move(component));
  entry.found.blob = std::move(info);
  return entry;
}

// When directories changed by what waits in them, by prefix.
using LateTimes = std::map<std::string, Timestamp, std::less<>>;

Result<ListedEntry> PrefixEntry(const Location& directory, PrefixInfo info, const LateTimes& late) {
  std::string component = info.name.substr(directory.prefix().size());
  const std::string after = component;
  component.pop_back();
  ListedEntry entry{.name = ToShown({component, NameForm::kPlain}, directory.name_place())};
  entry.next = {Phase::kStored, after};
  const Location location = directory.Child(component);
  entry.found.seed = SeedOf(directory, NodeKind::kDirectory, S_IFDIR, std::move(component));
  if (const auto changed = late.find(info.name); changed != late.end())
    entry.found.late = changed->second;
  if (info.has_blob) {
    auto marker = location.store().Stat(location.path());
    if (!marker && marker.error().code != ErrorCode::kNotFound) return std::move(marker).error();
    if (marker && KindOf(marker->properties) == EntryKind::kDirectory)
      entry.found.blob = std::move(*marker);
  }
  entry.found.prefix = std::move(info);
  return entry;
}

Result<std::vector<ListedEntry>> ListStored(const Location& directory, DirectoryHandle& handle,
                                            std::string after) REQUIRES(handle.mutex) {
  std::vector<ListedEntry> entries;
  ListRequest request{.container = directory.container(), .prefix = directory.prefix()};
  request.after = std::move(after);
  request.limit = kPageItems;
  bool more = true;
  while (entries.empty() && more) {
    const LateTimes late =
        directory.place->account->late().TimesBelow(directory.container(), directory.prefix());
    ListPage page = TRY(directory.store().List(request));
    more = page.more;
    for (ListItem& item : page.items) {
      auto* blob = std::get_if<BlobInfo>(&item);
      request.after = blob != nullptr ? blob->name : std::get<PrefixInfo>(item).name;
      if (blob == nullptr) {
        entries.push_back(TRY(PrefixEntry(directory, std::move(std::get<PrefixInfo>(item)), late)));
        continue;
      }
      auto entry = BlobEntry(directory, std::move(*blob));
      if (entry && !handle.pending_shown.contains(entry->name))
        entries.push_back(std::move(*entry));
    }
  }
  return entries;
}

// A directory and its marker have one number, so the marker need not be looked up for it.
NamedEntry EntryOf(const Location& directory, ListedName item) {
  std::string component = item.name;
  if (item.is_prefix) component.pop_back();
  const bool is_directory = item.type == BlobType::kDirectory;
  const NodeKind kind = is_directory ? NodeKind::kDirectory : NodeKind::kFile;
  NamedEntry entry{.type = ModeOf(item.type), .after = std::move(item.name)};
  entry.inode = item.file_id != 0 ? directory.place->account->InodeOf(item.file_id, {})
                                  : InodeByName(directory.Child(component), kind);
  const NameForm form =
      item.has_other && !item.is_prefix ? NameForm::kBesideDirectory : NameForm::kPlain;
  entry.name = ToShown({std::move(component), form}, directory.name_place());
  return entry;
}

Result<std::vector<NamedEntry>> ListNamesStored(const Location& directory, DirectoryHandle& handle,
                                                std::string after) REQUIRES(handle.mutex) {
  std::vector<NamedEntry> entries;
  ListNamesRequest request{.container = directory.container(), .prefix = directory.prefix()};
  request.after = std::move(after);
  request.limit = kNamePageItems;
  bool more = true;
  while (entries.empty() && more) {
    NamePage page = TRY(directory.store().ListNames(request));
    more = page.more;
    if (more) request.after = request.prefix + page.items.back().name;
    entries.reserve(page.items.size());
    for (ListedName& item : page.items) {
      // The prefix of the same name, which follows, stands for both.
      const bool is_marker = item.type == BlobType::kDirectory && !item.is_prefix;
      if (is_marker && item.has_other) continue;
      const bool is_blob = !item.is_prefix;
      NamedEntry entry = EntryOf(directory, std::move(item));
      if (is_blob && handle.pending_shown.contains(entry.name)) continue;
      entries.push_back(std::move(entry));
    }
  }
  return entries;
}

}  // namespace

Result<DirectoryPage> ListDirectoryPage(FileSystemState& state, DirectoryHandle& handle,
                                        const ListPosition& from, EntryDetail detail) {
  const Node& node = *handle.node;
  DirectoryPage page;
  if (from.phase == Phase::kDots) {
    page.entries = TRY(ListDots(state, handle));
    if (!from.after.empty()) page.entries.erase(page.entries.begin());
    return page;
  }
  if (node.unlinked) return page;
  switch (node.kind) {
    case NodeKind::kAccounts:
    case NodeKind::kAccount: page.entries = TRY(ListTop(state, node, from.after)); return page;
    case NodeKind::kVersionsRoot:
    case NodeKind::kVersions:
      page.entries = TRY(ListVersionsPage(state.nodes->LocationOf(node), from));
      return page;
    default: break;
  }
  if (from.phase == Phase::kPending) {
    page.entries = ListPending(state, handle, from.after);
    if (!page.entries.empty()) return page;
  }
  const Location directory = state.nodes->LocationOf(node);
  // The component "" is a name too: after it is not at the start.
  std::string after;
  if (from.phase == Phase::kStored) after = directory.prefix() + from.after;
  if (detail == EntryDetail::kNames) {
    page.names = TRY(ListNamesStored(directory, handle, std::move(after)));
  } else {
    page.entries = TRY(ListStored(directory, handle, std::move(after)));
  }
  return page;
}

Location ChildLocation(const Location& directory, const NodeSeed& seed) {
  switch (seed.kind) {
    case NodeKind::kDirectory:
    case NodeKind::kFile:
    case NodeKind::kVersions: return directory.Child(seed.component);
    case NodeKind::kContainer: return {.place = seed.place, .is_root = true};
    default: return directory;
  }
}

}  // namespace replicafs
