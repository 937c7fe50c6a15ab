// What the kernel remembers a name by, while it does.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "backend/base/mutex.h"
#include "backend/blob/blob_store.h"
#include "fs/core/file_writer.h"
#include "fs/core/types.h"

namespace replicafs {

struct MountedAccount;

// A container of an open account. Lives as long as the file system.
struct ContainerPlace {
  MountedAccount* account = nullptr;
  std::string container;
};

enum class NodeKind : uint8_t {
  kAccounts,      // the root when all accounts are mounted
  kAccount,       // its entries are containers
  kContainer,     // a container's root directory
  kDirectory,     // below a container's root, or the mount's root when that is a prefix
  kFile,          // whatever else a blob may be
  kVersionsRoot,  // ".versions"
  kVersions,      // below it: a directory of names, of versions, or of both
  kVersion,       // one version of a blob
};

// The part of a file's state that exists while it is open or unlinked. Small: there is one for each
// node.
struct FileState {
  std::shared_ptr<FileWriter> writer;
  uint32_t write_handles = 0;
  uint32_t unflushed_handles = 0;  // of them: what they have written was not followed by a close(2)
  uint32_t handles = 0;
  // Grows when a writer ends: read handles that pinned a version before take the new one.
  uint64_t writer_epoch = 0;
  // That new one, held for them: others may have replaced or removed it before they read.
  std::shared_ptr<BlobReader> left_by_writer;
  // What the handles that read through the kernel's cache have pinned, and how many there are.
  VersionId read_version;
  uint32_t readers = 0;
  // Which version the kernel's cached content is of; zero: not known.
  VersionId cached_version;
  // The writer began on another version than the kernel has cached: its pages are of both.
  bool cache_is_mixed = false;
  // Commits that were answered and are not made yet, and the newest one's ticket (LateChanges).
  size_t late_commits = 0;
  uint64_t late_ticket = 0;
  // Why one of them could not be made, until somebody is told.
  std::optional<Error> late_error;
  // An unlinked file as it last was.
  std::unique_ptr<BlobInfo> orphan;
  std::shared_ptr<BlobReader> orphan_reader;
};

// Members without a word on their lock never change. The tree around a node belongs to NodeTable.
struct Node {
  Node(NodeId id_, NodeKind kind_, mode_t type_) : id(id_), kind(kind_), type(type_) {}

  const NodeId id;
  const NodeKind kind;
  const mode_t type;                      // S_IFMT
  const ContainerPlace* place = nullptr;  // from kContainer downwards
  MountedAccount* account = nullptr;      // from kAccount downwards
  VersionId version;                      // of kVersion

  // Made by this mount and never committed: no store knows it. Set by NodeTable. INVARIANT: has a
  // writer.
  std::atomic<bool> pending = false;
  std::atomic<bool> unlinked = false;
  // The kernel was told that there is nothing under this name, and may still believe it.
  std::atomic<bool> told_absent = false;

  // The file's commit lock: held by what changes the file, also across calls to the store.
  Mutex commit_mutex;

  Mutex file_mutex;
  FileState file GUARDED_BY(file_mutex);

 private:
  friend class NodeTable;
  friend class NodeOrder;
  using Children = std::map<std::string_view, Node*>;  // by their `name_`

  // Guarded by the table's lock.
  std::shared_ptr<Node> parent_;
  std::string name_;  // the Linux name
  // Of the blob's name, where it is not `name_`; where a walk begins: the whole name so far.
  std::unique_ptr<std::string> component_;
  uint64_t lookups_ = 0;
  uint32_t pins_ = 0;    // open handles, and parents of nodes
  bool linked_ = false;  // stands in its parent's children
  std::unique_ptr<Children> children_;
  uint32_t pending_children_ = 0;
  Node* older_ = nullptr;
  Node* newer_ = nullptr;
};

}  // namespace replicafs
