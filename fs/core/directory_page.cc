#include "fs/core/directory_page.h"

#include <sys/stat.h>

#include <map>
#include <optional>
#include <utility>

#include "fs/core/entries.h"
#include "fs/core/file_commit.h"
#include "fs/core/versions_tree.h"

namespace replicafs {
namespace {

using Phase = ListPosition::Phase;

constexpr size_t kPageItems = 256;

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
  const bool is_marker = KindOf(info.properties) == BlobKind::kDirectory;
  if (is_marker && info.has_prefix) return std::nullopt;
  std::string component = info.name.substr(directory.prefix().size());
  const NameForm form = info.has_prefix ? NameForm::kBesideDirectory : NameForm::kPlain;
  ListedEntry entry{.name = ToShown({component, form}, directory.name_place())};
  entry.next = {Phase::kStored, info.name};
  entry.found.seed = SeedOf(directory, is_marker ? NodeKind::kDirectory : NodeKind::kFile,
                            TypeOf(info.properties), std::move(component));
  entry.found.blob = std::move(info);
  return entry;
}

// When directories changed by what waits in them, by prefix.
using LateTimes = std::map<std::string, Timestamp, std::less<>>;

Result<ListedEntry> PrefixEntry(const Location& directory, PrefixInfo info, const LateTimes& late) {
  std::string component = info.name.substr(directory.prefix().size());
  component.pop_back();
  ListedEntry entry{.name = ToShown({component, NameForm::kPlain}, directory.name_place())};
  entry.next = {Phase::kStored, info.name};
  const Location location = directory.Child(component);
  entry.found.seed = SeedOf(directory, NodeKind::kDirectory, S_IFDIR, std::move(component));
  if (const auto changed = late.find(info.name); changed != late.end())
    entry.found.late = changed->second;
  if (info.has_blob) {
    auto marker = location.store().Stat(location.path());
    if (!marker && marker.error().code != ErrorCode::kNotFound) return std::move(marker).error();
    if (marker && KindOf(marker->properties) == BlobKind::kDirectory)
      entry.found.blob = std::move(*marker);
  }
  entry.found.prefix = std::move(info);
  return entry;
}

Result<std::vector<ListedEntry>> ListStored(const Location& directory, DirectoryHandle& handle,
                                            std::string after) REQUIRES(handle.mutex) {
  std::vector<ListedEntry> entries;
  bool more = true;
  while (entries.empty() && more) {
    const LateTimes late =
        directory.place->account->late().TimesBelow(directory.container(), directory.prefix());
    ListPage page = TRY(directory.store().List({.container = directory.container(),
                                                .prefix = directory.prefix(),
                                                .after = after,
                                                .limit = kPageItems}));
    more = page.more;
    for (ListItem& item : page.items) {
      auto* blob = std::get_if<BlobInfo>(&item);
      after = blob != nullptr ? blob->name : std::get<PrefixInfo>(item).name;
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

}  // namespace

Result<std::vector<ListedEntry>> ListDirectoryPage(FileSystemState& state, DirectoryHandle& handle,
                                                   const ListPosition& from) {
  const Node& node = *handle.node;
  if (from.phase == Phase::kDots && from.after.empty()) return ListDots(state, handle);
  if (from.phase == Phase::kDots) {
    auto entries = TRY(ListDots(state, handle));
    entries.erase(entries.begin());
    return entries;
  }
  if (node.unlinked) return std::vector<ListedEntry>();
  switch (node.kind) {
    case NodeKind::kAccounts:
    case NodeKind::kAccount: return ListTop(state, node, from.after);
    case NodeKind::kVersionsRoot:
    case NodeKind::kVersions: return ListVersionsPage(state.nodes->LocationOf(node), from);
    default: break;
  }
  std::string after = from.after;
  if (from.phase == Phase::kPending) {
    auto pending = ListPending(state, handle, from.after);
    if (!pending.empty()) return pending;
    after.clear();
  }
  return ListStored(state.nodes->LocationOf(node), handle, std::move(after));
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
