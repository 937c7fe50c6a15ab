// A mount's operations in domain terms: accounts, containers and blobs as a tree of directories and
// files. No libfuse here. Every method is thread-safe and may block on the store.
//
// The tree: /<account>/<container>/<name…>, or the part of it that MountScope names. Destination
// containers refuse what writes (kDestination); see SEMANTICS.md for what a user may rely on.
//
// LOCK ORDER (what is taken later stands to the right):
//   a file's commit lock < the namespace gate < the node table's lock < leaf locks (handles,
//   caches, counters)
// The node table's lock is never held across a call to a store; nothing is held while the kernel is
// notified or a reply is sent.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/clock.h"
#include "backend/base/digest.h"
#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "cache/extents.h"
#include "fs/core/memory_budget.h"
#include "fs/core/types.h"

namespace replicafs {

// Which part of the accounts is the mount's root. Empty members widen it: all accounts, one
// account, one container, or the blobs below a prefix ("a/b/").
struct MountScope {
  std::string account;
  std::string container;
  std::string prefix;
};

// A name that the kernel remembers and nobody has open.
struct RememberedEntry {
  NodeId node;
  NodeId parent;
  std::string name;
  bool is_directory = false;
};

// Tells the kernel what it must forget. Called from a thread that holds no lock.
class KernelNotifier {
 public:
  virtual ~KernelNotifier() = default;
  virtual void InvalidateNode(NodeId node) = 0;  // attributes and content
  // Also a remembered absence.
  virtual void InvalidateEntry(NodeId parent, std::string_view name) = 0;
  // Nothing has changed: asks for the memory. The kernel keeps what is in use.
  virtual void Forget(std::span<const RememberedEntry> entries) = 0;
};

struct FileSystemOptions {
  MountScope scope;
  uid_t uid = 0;  // owner of what has no recorded owner: containers, blobs that other tools made
  gid_t gid = 0;
  mode_t umask = 022;
  uint64_t memory_bytes = kMemoryDefaultBytes;  // divided by memory_budget.h
  std::string scratch_directory;
};

class FileSystem {
 public:
  // Opens the accounts in the scope. kNotFound names the account or container that is missing.
  static Result<std::unique_ptr<FileSystem>> Open(AccountSource& accounts, const Clock& clock,
                                                  FileSystemOptions options);
  ~FileSystem();  // commits what is still open

  // Begins to watch the accounts' journals: changes by links and by other processes are passed to
  // `notifier` until StopNotifying returns.
  void StartNotifying(KernelNotifier& notifier);
  void StopNotifying();

  // Names. Each Entry returned counts one lookup, to be given back by Forget.
  Result<Entry> Lookup(NodeId parent, std::string_view name);
  // Whether the kernel must not remember what has no entry in the directory.
  bool AbsencesAreFleeting(NodeId parent);
  void Forget(NodeId node, uint64_t lookups);
  Result<Entry> MakeDirectory(NodeId parent, std::string_view name, mode_t mode,
                              const Caller& caller);
  Result<Entry> MakeNode(NodeId parent, std::string_view name, mode_t mode, uint64_t device,
                         const Caller& caller);
  Result<Entry> MakeSymlink(NodeId parent, std::string_view name, std::string_view target,
                            const Caller& caller);
  Status Unlink(NodeId parent, std::string_view name);
  Status RemoveDirectory(NodeId parent, std::string_view name);
  Status Rename(NodeId parent, std::string_view name, NodeId new_parent, std::string_view new_name,
                RenameMode mode);

  // Attributes.
  Result<Attributes> GetAttributes(NodeId node);
  Result<Attributes> SetAttributes(NodeId node, const AttributeChange& change);
  Result<std::string> ReadSymlink(NodeId node);

  // Files. `flags` are open(2)'s; O_TRUNC takes effect with the open.
  Result<CreatedFile> Create(NodeId parent, std::string_view name, mode_t mode, int flags,
                             const Caller& caller);
  Result<OpenedFile> OpenNode(NodeId node, int flags);
  Result<size_t> Read(HandleId handle, uint64_t offset, std::span<std::byte> into);
  // What Read would read, where it lies in files that may be handed on unread; nullopt: it must be
  // read.
  Result<std::optional<FileParts>> ReadParts(HandleId handle, uint64_t offset, size_t size);
  // A call through a handle with O_APPEND goes to the end, whatever the offset.
  Result<size_t> Write(HandleId handle, uint64_t offset, ByteSpan bytes,
                       WriteSource source = WriteSource::kCall);
  Status Allocate(HandleId handle, const RangeChange& change);
  // Where data or a hole begins at or after `offset`; nullopt when it is beyond the end, or when no
  // data follows.
  Result<std::optional<uint64_t>> Find(HandleId handle, Extent what, uint64_t offset);
  // How much was copied: less than asked for is no error, 0 the end of the source. Whole blocks of
  // the same account are shared, without their bytes.
  Result<size_t> Copy(const CopyRequest& request);
  Status Flush(HandleId handle);  // each close(2): commits, and reports every error
  Status Sync(HandleId handle);   // fsync(2)
  void Release(HandleId handle);
  // Makes what was answered early: removals, closes. fsync(2) of a directory.
  void Settle();
  // What a mount that ends does with files that are still open. What cannot be committed is logged.
  void CommitAll();

  // Directories. `visit` returns false when it has no room for the entry, which is then not used
  // up. With kCount each entry taken counts a lookup, as Lookup does ("." and ".." never do).
  enum class Lookups { kCount, kNone };
  Result<HandleId> OpenDirectory(NodeId node);
  Status ReadDirectory(HandleId handle, uint64_t after, Lookups lookups,
                       const std::function<bool(const DirectoryEntry&)>& visit);
  void ReleaseDirectory(HandleId handle);

  // Extended attributes; kNoAttribute, kNotSupported for namespaces other than user.
  Result<std::string> GetXattr(NodeId node, std::string_view name);
  Result<std::vector<std::string>> ListXattrs(NodeId node);
  Status SetXattr(NodeId node, std::string_view name, std::string_view value, XattrMode mode);
  Status RemoveXattr(NodeId node, std::string_view name);

  Result<FileSystemSpace> Space(NodeId node);

 private:
  class State;
  explicit FileSystem(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace replicafs
