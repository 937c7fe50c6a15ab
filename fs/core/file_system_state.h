// What the families of operations share.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "backend/base/clock.h"
#include "backend/base/mutex.h"
#include "backend/blob/account.h"
#include "cache/dirty_file.h"
#include "fs/core/change_watcher.h"
#include "fs/core/directory_handle.h"
#include "fs/core/file_handle.h"
#include "fs/core/file_system.h"
#include "fs/core/forgetter.h"
#include "fs/core/handle_table.h"
#include "fs/core/mounted_account.h"
#include "fs/core/namespace_gate.h"
#include "fs/core/node_table.h"
#include "fs/core/posix_metadata.h"
#include "fs/core/shown_replication.h"

namespace replicafs {

// The members are thread-safe, each for itself.
class FileSystemState {
 public:
  FileSystemState(AccountSource& accounts, const Clock& clock, FileSystemOptions options,
                  std::string scratch_directory);
  ~FileSystemState();

  // Opens it when it is not open yet. kNotFound.
  Result<MountedAccount*> OpenAccount(std::string_view name) EXCLUDES(mutex_);
  // One object for each pair.
  const ContainerPlace* PlaceOf(MountedAccount& account, std::string_view container)
      EXCLUDES(mutex_);
  // The accounts that are open now.
  std::vector<MountedAccount*> OpenAccounts() const EXCLUDES(mutex_);

  int64_t NowNs() const { return clock.Now().nanoseconds(); }
  AttributeDefaults defaults() const {
    return {.uid = options.uid, .gid = options.gid, .umask = options.umask};
  }
  // Applies changes as this mount's own.
  Result<std::vector<Outcome>> Apply(BlobStore& store, std::vector<Mutation> changes) const;

  // Fills the node table and tells it the root. Once, before everything else.
  Status MakeRoot();

 private:
  mutable Mutex mutex_;
  std::map<std::string, std::unique_ptr<MountedAccount>, std::less<>> open_ GUARDED_BY(mutex_);
  std::map<std::pair<MountedAccount*, std::string>, ContainerPlace> places_ GUARDED_BY(mutex_);

 public:
  // Destroyed in reverse order: nodes hold writers, which use the pool and the stores.
  AccountSource& accounts;
  const Clock& clock;
  const FileSystemOptions options;
  const uint64_t writer_id;
  const MemoryShares memory;
  WritePool write_pool;
  std::unique_ptr<NodeTable> nodes;
  HandleTable<FileHandle> files;
  HandleTable<DirectoryHandle> directories;
  NamespaceGate gate;
  ShownReplication shown_replication;
  std::atomic<uint64_t> page_bytes = 0;  // of directories' pages between two requests
  ChangeWatcher watcher;
  Forgetter forgetter;
};

// kDestination when the container is one.
Status RefuseDestination(const Location& location);
// kImmutable when the version may not be changed now; the store itself refuses later.
Status RefuseImmutable(const FileSystemState& state, const Location& location,
                       const BlobInfo& info);
// The same for who would replace its content: kBlobKind too.
Status RefuseWriting(const FileSystemState& state, const Location& location, const BlobInfo& info);
// The same for who would change it: kCustomerKey too, because what is written to it would be mixed
// with what is encrypted.
Status RefuseWritingInto(const FileSystemState& state, const Location& location,
                         const BlobInfo& info);
bool IsDestination(BlobStore& store, const std::string& container);

}  // namespace replicafs
