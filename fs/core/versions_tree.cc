#include "fs/core/versions_tree.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

namespace replicafs {
namespace {

constexpr size_t kPageItems = 500;

Found VersionFound(const Location& blob, BlobInfo info) {
  const mode_t type = TypeOf(info.properties) == S_IFLNK ? S_IFLNK : S_IFREG;
  Found found{.seed = {.kind = NodeKind::kVersion,
                       .type = type,
                       .place = blob.place,
                       .account = blob.place->account,
                       .version = info.version}};
  found.blob = std::move(info);
  return found;
}

Found DirectoryFound(const Location& location, std::string component) {
  return {.seed = {.kind = NodeKind::kVersions,
                   .type = S_IFDIR,
                   .component = std::move(component),
                   .place = location.place,
                   .account = location.place->account}};
}

}  // namespace

Found VersionsRootFound(const Location& container) {
  Found found = DirectoryFound(container, container.name);
  found.seed.kind = NodeKind::kVersionsRoot;
  return found;
}

Result<Found> FindInVersions(const Location& directory, std::string_view name) {
  const auto version = ParseVersionId(name);
  if (version && ToString(*version) == name && !directory.is_root) {
    auto info = directory.store().Stat(directory.path(), *version);
    if (info) return VersionFound(directory, std::move(*info));
    if (info.error().code != ErrorCode::kNotFound) return std::move(info).error();
  }
  const StoredName stored = TRY(ToStored(name, NamePlace::kBelow));
  const Location child = directory.Child(stored.component);
  Found found = DirectoryFound(child, stored.component);
  if (stored.form == NameForm::kPlain) {
    const auto versions = TRY(child.store().ListVersions(child.path()));
    if (!versions.empty()) return found;
    const ListPage below = TRY(child.store().List({.container = child.container(),
                                                   .prefix = child.prefix(),
                                                   .limit = 1,
                                                   .scope = ListScope::kAll}));
    if (!below.items.empty()) return found;
  }
  return Error{ErrorCode::kNotFound, fmt::format("'{}' never existed", ToString(child.path()))};
}

Attributes VersionAttributes(const BlobInfo& info, const AttributeDefaults& defaults) {
  Attributes attributes = FileAttributes(info, defaults);
  const mode_t type = attributes.mode & S_IFMT;
  if (type != S_IFLNK) attributes.mode = S_IFREG | (attributes.mode & 0777);
  return attributes;
}

Result<std::vector<ListedEntry>> ListVersionsPage(const Location& directory,
                                                  const ListPosition& from) {
  std::vector<ListedEntry> entries;
  if (from.phase != ListPosition::Phase::kStored && !directory.is_root) {
    auto versions = TRY(directory.store().ListVersions(directory.path()));
    for (BlobInfo& info : versions) {
      std::string name = ToString(info.version);
      // Newest first: what comes after is older.
      if (!from.after.empty() && name >= from.after) continue;
      ListPosition next{ListPosition::Phase::kPending, name};
      entries.push_back({std::move(name), VersionFound(directory, std::move(info)), next});
    }
    if (!entries.empty()) return entries;
  }
  ListRequest request{.container = directory.container(), .prefix = directory.prefix()};
  request.limit = kPageItems;
  request.scope = ListScope::kAll;
  if (from.phase == ListPosition::Phase::kStored) request.after = request.prefix + from.after;
  bool more = true;
  while (entries.empty() && more) {
    const ListPage page = TRY(directory.store().List(request));
    more = page.more;
    for (const ListItem& item : page.items) {
      const auto* prefix = std::get_if<PrefixInfo>(&item);
      request.after = prefix != nullptr ? prefix->name : std::get<BlobInfo>(item).name;
      std::string component = request.after.substr(request.prefix.size());
      if (prefix != nullptr) {
        component.pop_back();
        // A name that was also a blob's has been listed as such.
        const auto versions = TRY(
            directory.store().ListVersions({directory.container(), request.prefix + component}));
        if (!versions.empty()) continue;
      }
      std::string name = ToShown({component, NameForm::kPlain}, NamePlace::kBelow);
      entries.push_back(
          {std::move(name),
           DirectoryFound(directory, std::move(component)),
           {ListPosition::Phase::kStored, request.after.substr(request.prefix.size())}});
    }
  }
  return entries;
}

}  // namespace replicafs
