// Finds things by name in a transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/blob_store.h"
#include "backend/embedded/schema.h"
#include "backend/lmdb/transaction.h"

namespace replicafs::embedded {

// A name cut at its last slash: "a/b/c" is {"a/b/", "c"}.
struct SplitName {
  std::string_view directory;
  std::string_view leaf;
};
SplitName Split(std::string_view name);
// "a/b/" is {"a/", "b/"}. REQUIRES: ends in '/'.
SplitName SplitDirectory(std::string_view prefix);
// Cuts the first component with its slash off a directory's name.
std::string_view TakeComponent(std::string_view& directory);

struct FoundDirectory {
  DirectoryRecord record;
  bool live = false;
};

Error NoSuchBlob(const BlobPath& path);

// kNotFound.
Result<ContainerRecord> FindContainer(const lmdb::Transaction& transaction, const Tables& tables,
                                      std::string_view name);
// The directory `component` (with its slash) of a directory; kLive looks past buried ones.
Result<std::optional<FoundDirectory>> FindChildDirectory(const lmdb::Transaction& transaction,
                                                         const Tables& tables, uint64_t parent_id,
                                                         std::string_view component,
                                                         ListScope scope);
// The id of the directory with this name ("" or ending in '/') below a container's root.
Result<std::optional<uint64_t>> FindDirectoryId(const lmdb::Transaction& transaction,
                                                const Tables& tables, uint64_t root_id,
                                                std::string_view name, ListScope scope);
Result<std::optional<VersionRecord>> FindCurrent(const lmdb::Transaction& transaction,
                                                 const Tables& tables, uint64_t directory_id,
                                                 std::string_view component);
// Whether the directory "component/" lives.
Result<bool> HasLiveDirectory(const lmdb::Transaction& transaction, const Tables& tables,
                              uint64_t parent_id, std::string_view component);

// The current version (zero), or the one named. kNotFound.
Result<VersionRecord> FindVersion(const lmdb::Transaction& transaction, const Tables& tables,
                                  const BlobPath& path, VersionId version);
// kNotFound, kInvalid when the name does not end in '/'.
Result<PrefixInfo> FindPrefix(const lmdb::Transaction& transaction, const Tables& tables,
                              const BlobPath& prefix);
// kNotFound.
Result<VersionRecord> FindSnapshot(const lmdb::Transaction& transaction, const Tables& tables,
                                   const BlobPath& path, VersionId snapshot);
// Newest first.
Result<std::vector<VersionRecord>> FindSnapshots(const lmdb::Transaction& transaction,
                                                 const Tables& tables, const BlobPath& path);
// Newest first.
Result<std::vector<VersionRecord>> FindVersions(const lmdb::Transaction& transaction,
                                                const Tables& tables, const BlobPath& path);

}  // namespace replicafs::embedded
