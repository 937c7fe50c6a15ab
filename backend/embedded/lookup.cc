#include "backend/embedded/lookup.h"

#include "backend/embedded/keys.h"
#include "backend/embedded/rows.h"

namespace replicafs::embedded {

SplitName Split(std::string_view name) {
  const size_t slash = name.find_last_of('/');
  if (slash == std::string_view::npos) return {{}, name};
  return {name.substr(0, slash + 1), name.substr(slash + 1)};
}

SplitName SplitDirectory(std::string_view prefix) {
  const SplitName split = Split(prefix.substr(0, prefix.size() - 1));
  return {split.directory, prefix.substr(split.directory.size())};
}

std::string_view TakeComponent(std::string_view& directory) {
  const std::string_view component = directory.substr(0, directory.find('/') + 1);
  directory.remove_prefix(component.size());
  return component;
}

Error NoSuchBlob(const BlobPath& path) {
  return Error{ErrorCode::kNotFound, "blob '" + ToString(path) + "' does not exist"};
}

Result<ContainerRecord> FindContainer(const lmdb::Transaction& transaction, const Tables& tables,
                                      std::string_view name) {
  std::optional<std::string_view> row;
  if (!name.empty() && name.size() <= lmdb::kKeyMaxBytes)
    row = TRY(tables.containers.Get(transaction, name));
  if (row) return DecodeContainer(*row);
  return Error{ErrorCode::kNotFound, "container '" + std::string(name) + "' does not exist"};
}

Result<std::optional<FoundDirectory>> FindChildDirectory(const lmdb::Transaction& transaction,
                                                         const Tables& tables, uint64_t parent_id,
                                                         std::string_view component,
                                                         ListScope scope) {
  if (component.size() > kComponentMaxBytes + 1) return std::optional<FoundDirectory>();
  const std::string key = EntryKey(parent_id, component);
  auto row = TRY(tables.entries.Get(transaction, key));
  const bool live = row.has_value();
  if (!live && scope == ListScope::kAll) row = TRY(tables.graves.Get(transaction, key));
  if (!row) return std::optional<FoundDirectory>();
  return std::optional(FoundDirectory{TRY(DecodeDirectory(*row)), live});
}

Result<std::optional<uint64_t>> FindDirectoryId(const lmdb::Transaction& transaction,
                                                const Tables& tables, uint64_t root_id,
                                                std::string_view name, ListScope scope) {
  uint64_t id = root_id;
  while (!name.empty()) {
    const auto found = TRY(FindChildDirectory(transaction, tables, id, TakeComponent(name), scope));
    if (!found) return std::optional<uint64_t>();
    id = found->record.directory_id;
  }
  return std::optional(id);
}

Result<std::optional<VersionRecord>> FindCurrent(const lmdb::Transaction& transaction,
                                                 const Tables& tables, uint64_t directory_id,
                                                 std::string_view component) {
  if (component.size() > kComponentMaxBytes) return std::optional<VersionRecord>();
  const auto row = TRY(tables.entries.Get(transaction, EntryKey(directory_id, component)));
  if (!row) return std::optional<VersionRecord>();
  return std::optional(TRY(DecodeVersion(*row)));
}

Result<bool> HasLiveDirectory(const lmdb::Transaction& transaction, const Tables& tables,
                              uint64_t parent_id, std::string_view component) {
  const std::string name = std::string(component) + '/';
  const auto row = TRY(tables.entries.Get(transaction, EntryKey(parent_id, name)));
  return row.has_value();
}

Result<VersionRecord> FindVersion(const lmdb::Transaction& transaction, const Tables& tables,
                                  const BlobPath& path, VersionId version) {
  const ContainerRecord container = TRY(FindContainer(transaction, tables, path.container));
  const auto [directory, leaf] = Split(path.name);
  const auto id = TRY(FindDirectoryId(transaction, tables, container.root_directory_id, directory,
                                      version ? ListScope::kAll : ListScope::kLive));
  if (!id || leaf.size() > kComponentMaxBytes) return NoSuchBlob(path);
  auto current = TRY(FindCurrent(transaction, tables, *id, leaf));
  if (current && (!version || current->version == version)) return std::move(*current);
  if (!version) return NoSuchBlob(path);
  const auto row = TRY(tables.versions.Get(transaction, VersionKey(*id, leaf, version)));
  if (!row) {
    return Error{ErrorCode::kNotFound,
                 "blob '" + ToString(path) + "' has no version " + ToString(version)};
  }
  VersionRecord record = TRY(DecodeVersion(*row));
  if (record.is_snapshot) {
    return Error{ErrorCode::kNotFound,
                 ToString(version) + " is a snapshot of '" + ToString(path) + "', and no version"};
  }
  record.has_prefix = TRY(HasLiveDirectory(transaction, tables, *id, leaf));
  return record;
}

Result<VersionRecord> FindSnapshot(const lmdb::Transaction& transaction, const Tables& tables,
                                   const BlobPath& path, VersionId snapshot) {
  const ContainerRecord container = TRY(FindContainer(transaction, tables, path.container));
  const auto [directory, leaf] = Split(path.name);
  const auto id = TRY(FindDirectoryId(transaction, tables, container.root_directory_id, directory,
                                      ListScope::kAll));
  if (id && leaf.size() <= kComponentMaxBytes) {
    const auto row = TRY(tables.versions.Get(transaction, VersionKey(*id, leaf, snapshot)));
    if (row) {
      VersionRecord record = TRY(DecodeVersion(*row));
      if (record.is_snapshot) return record;
    }
  }
  return Error{ErrorCode::kNotFound,
               "blob '" + ToString(path) + "' has no snapshot " + ToString(snapshot)};
}

Result<std::vector<VersionRecord>> FindSnapshots(const lmdb::Transaction& transaction,
                                                 const Tables& tables, const BlobPath& path) {
  const ContainerRecord container = TRY(FindContainer(transaction, tables, path.container));
  const auto [directory, leaf] = Split(path.name);
  const auto id = TRY(FindDirectoryId(transaction, tables, container.root_directory_id, directory,
                                      ListScope::kAll));
  std::vector<VersionRecord> snapshots;
  if (!id || leaf.size() > kComponentMaxBytes) return snapshots;
  auto cursor = TRY(Cursor::Open(transaction, tables.versions));
  bool found = TRY(cursor.SeekBefore(VersionsEnd(*id, leaf)));
  while (found && IsVersionOf(cursor.key(), *id, leaf)) {
    VersionRecord record = TRY(DecodeVersion(cursor.value()));
    if (record.is_snapshot) snapshots.push_back(std::move(record));
    found = TRY(cursor.Previous());
  }
  return snapshots;
}

Result<PrefixInfo> FindPrefix(const lmdb::Transaction& transaction, const Tables& tables,
                              const BlobPath& prefix) {
  if (!prefix.name.ends_with('/'))
    return Error{ErrorCode::kInvalid, "prefix '" + prefix.name + "' does not end in '/'"};
  const ContainerRecord container = TRY(FindContainer(transaction, tables, prefix.container));
  const auto [directory, leaf] = SplitDirectory(prefix.name);
  const auto parent = TRY(FindDirectoryId(transaction, tables, container.root_directory_id,
                                          directory, ListScope::kLive));
  if (!parent) return NoSuchBlob(prefix);
  const auto found = TRY(FindChildDirectory(transaction, tables, *parent, leaf, ListScope::kLive));
  if (!found) return NoSuchBlob(prefix);
  return ToInfo(found->record, prefix.name);
}

Result<std::vector<VersionRecord>> FindVersions(const lmdb::Transaction& transaction,
                                                const Tables& tables, const BlobPath& path) {
  const ContainerRecord container = TRY(FindContainer(transaction, tables, path.container));
  const auto [directory, leaf] = Split(path.name);
  const auto id = TRY(FindDirectoryId(transaction, tables, container.root_directory_id, directory,
                                      ListScope::kAll));
  std::vector<VersionRecord> versions;
  if (!id || leaf.size() > kComponentMaxBytes) return versions;
  auto current = TRY(FindCurrent(transaction, tables, *id, leaf));
  if (current) versions.push_back(std::move(*current));
  const bool has_prefix = TRY(HasLiveDirectory(transaction, tables, *id, leaf));
  auto cursor = TRY(Cursor::Open(transaction, tables.versions));
  bool found = TRY(cursor.SeekBefore(VersionsEnd(*id, leaf)));
  while (found && IsVersionOf(cursor.key(), *id, leaf)) {
    VersionRecord record = TRY(DecodeVersion(cursor.value()));
    record.has_prefix = has_prefix;
    if (!record.is_snapshot) versions.push_back(std::move(record));
    found = TRY(cursor.Previous());
  }
  return versions;
}

}  // namespace replicafs::embedded
