#include "fs/core/file_ops.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

#include "fs/core/close_later.h"
#include "fs/core/entries.h"
#include "fs/core/file_commit.h"
#include "fs/core/file_content.h"
#include "fs/core/make_ops.h"
#include "fs/core/remove_ops.h"

namespace replicafs {
namespace {

std::shared_ptr<FileHandle> MakeHandle(FileSystemState& state, const NodePtr& node, int flags) {
  const bool is_new = (flags & O_CREAT) != 0;
  auto handle = std::make_shared<FileHandle>();
  const int access = flags & O_ACCMODE;
  handle->node = node;
  handle->flags = flags;
  handle->can_read = access != O_WRONLY;
  handle->can_write = access != O_RDONLY;
  handle->commits = handle->can_write || is_new;
  state.nodes->Pin(*node);
  MutexLock lock(node->file_mutex);
  FileState& file = node->file;
  // The kernel tells of a handle's end some time after its close(2) has returned: a session ends
  // when all that was written is flushed, and somebody else begins.
  if (handle->commits && file.writer != nullptr && file.unflushed_handles == 0)
    file.writer->BeginSession();
  ++file.handles;
  if (handle->commits) ++file.write_handles;
  return handle;
}

void NoteFlushed(FileHandle& handle) {
  MutexLock lock(handle.node->file_mutex);
  if (handle.unflushed.exchange(false)) --handle.node->file.unflushed_handles;
}

// Takes back what MakeHandle and OpenToRead counted. Ends the writer with its last handle.
void DropHandle(FileSystemState& state, FileHandle& handle) {
  Node& node = *handle.node;
  NoteFlushed(handle);
  const auto leave = [&node, &handle] {
    MutexLock lock(node.file_mutex);
    --node.file.handles;
    if (handle.counts_as_reader) --node.file.readers;
    if (handle.commits) --node.file.write_handles;
  };
  if (handle.commits) {
    MutexLock commit_lock(node.commit_mutex);
    leave();
    EndWriterIfUnused(state, node);
  } else {
    leave();
  }
  {
    MutexLock lock(node.file_mutex);
    if (node.file.handles == 0) {
      node.file.left_by_writer.reset();
      if (node.unlinked) {
        node.file.writer.reset();
        node.file.orphan_reader.reset();
      }
    }
  }
  state.nodes->Unpin(node);
}

// Pins the current version and decides what its content in the kernel's cache is worth.
Result<OpenedFile::Cache> OpenToRead(FileSystemState& state, FileHandle& handle) {
  Node& node = *handle.node;
  uint64_t epoch = 0;
  {
    MutexLock lock(node.file_mutex);
    epoch = node.file.writer_epoch;
    if (node.file.writer != nullptr) {
      handle.counts_as_reader = true;
      ++node.file.readers;
      // One before the writer's next: the version that is current when the writer ends.
      MutexLock handle_lock(handle.mutex);
      handle.writer_epoch = epoch;
      return OpenedFile::Cache::kDrop;
    }
  }
  auto reader = TRY(OpenVersion(state, node));
  const VersionId version = reader->info().version;
  {
    MutexLock lock(handle.mutex);
    handle.reader = std::move(reader);
    handle.writer_epoch = epoch;
  }
  MutexLock lock(node.file_mutex);
  FileState& file = node.file;
  if (file.readers > 0 && file.read_version != version) return OpenedFile::Cache::kBypass;
  handle.counts_as_reader = true;
  ++file.readers;
  file.read_version = version;
  const bool keep = file.cached_version == version;
  file.cached_version = version;
  return keep ? OpenedFile::Cache::kKeep : OpenedFile::Cache::kDrop;
}

Status TruncateAtOpen(FileSystemState& state, const NodePtr& node) {
  MutexLock lock(node->commit_mutex);
  const auto writer = TRY(StartEmptyWriter(state, *node));
  TRY(writer->Truncate(0, state.NowNs()));
  // Opened for reading only: no close will commit it.
  EndWriterIfUnused(state, *node);
  return Ok();
}

Result<OpenedFile> OpenHandle(FileSystemState& state, const NodePtr& node, int flags) {
  auto handle = MakeHandle(state, node, flags);
  OpenedFile opened;
  Status ready = Ok();
  if ((flags & O_TRUNC) != 0) ready = TruncateAtOpen(state, node);
  if (ready) {
    auto cache = OpenToRead(state, *handle);
    if (cache) {
      opened.cache = *cache;
      handle->commits_each_write =
          *cache == OpenedFile::Cache::kBypass && (flags & O_DSYNC) != 0 && handle->can_write;
    } else {
      ready = std::move(cache).error();
    }
  }
  if (!ready) {
    DropHandle(state, *handle);
    return std::move(ready).error();
  }
  opened.handle = state.files.Add(std::move(handle));
  return opened;
}

// For who would learn it from close() otherwise. What waits to be committed is left waiting.
Status RefuseWritingFile(const FileSystemState& state, const Node& node, int flags) {
  if (node.unlinked || node.pending) return Ok();
  const Location location = state.nodes->LocationOf(node);
  const auto info = location.place->account->account->inner_store().Stat(location.path());
  if (!info) return Ok();
  return (flags & O_TRUNC) != 0 ? RefuseWriting(state, location, *info)
                                : RefuseWritingInto(state, location, *info);
}

}  // namespace

Result<OpenedFile> OpenFileNode(FileSystemState& state, NodeId id, int flags) {
  const NodePtr node = TRY(state.nodes->Find(id));
  if (node->type == S_IFDIR) return Error{ErrorCode::kIsDirectory, "it is a directory"};
  if (node->type != S_IFREG)
    return Error{ErrorCode::kInvalid, "only regular files have content to open"};
  flags &= ~O_CREAT;
  const bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC) != 0;
  if (writes && node->kind == NodeKind::kVersion)
    return Error{ErrorCode::kReadOnly, "versions never change"};
  if (writes) TRY(RefuseDestination(state.nodes->LocationOf(*node)));
  if (writes) TRY(RefuseWritingFile(state, *node, flags));
  return OpenHandle(state, node, flags);
}

namespace {

Result<CreatedFile> OpenExisting(FileSystemState& state, const CreateRequest& request,
                                 const Entry& entry) {
  Status possible = Ok();
  if ((request.flags & O_EXCL) != 0)
    possible = Error{ErrorCode::kExists, fmt::format("'{}' exists", request.name)};
  auto opened = possible ? OpenFileNode(state, entry.node, request.flags)
                         : Result<OpenedFile>(std::move(possible).error());
  if (!opened) {
    state.nodes->Forget(entry.node, 1);
    return std::move(opened).error();
  }
  return CreatedFile{.entry = entry, .file = *opened};
}

// A node whose blob another writer removed must not become the new file.
Status ClearName(FileSystemState& state, const NodePtr& parent, std::string_view name) {
  const NodePtr known = state.nodes->FindChild(parent, name);
  if (known == nullptr || known->kind != NodeKind::kFile) return Ok();
  MutexLock lock(known->commit_mutex);
  if (known->pending || known->unlinked) return Ok();
  const auto found = FindEntry(state, parent, name);
  if (found) return Error{ErrorCode::kStale, fmt::format("'{}' was made meanwhile", name)};
  if (found.error().code != ErrorCode::kNotFound) return found.error();
  AbandonName(state, *known);
  return Ok();
}

}  // namespace

Result<CreatedFile> CreateFile(FileSystemState& state, const CreateRequest& request,
                               const Caller& caller) {
  const NodePtr parent = TRY(WritableDirectoryNode(state, request.parent));
  const auto existing = LookupEntry(state, parent, request.name);
  if (existing) return OpenExisting(state, request, *existing);
  if (existing.error().code != ErrorCode::kNotFound) return existing.error();

  TRY(ClearName(state, parent, request.name));
  const Location directory = state.nodes->LocationOf(*parent);
  TRY(RefuseDestination(directory));
  const NewName made = TRY(PlaceNewName(directory, request.name));
  const mode_t mode = S_IFREG | (request.mode & ~mode_t{S_IFMT});
  const NewFile file = TRY(NewFileIn(state, parent, mode, caller));

  const uint64_t file_id = TRY(directory.place->account->NewFileId());
  const NodePtr node = state.nodes->Intern(parent, request.name,
                                           {.kind = NodeKind::kFile,
                                            .type = S_IFREG,
                                            .component = made.component,
                                            .place = directory.place,
                                            .account = directory.place->account},
                                           1);
  if (!node->pending) {
    const Timestamp now = state.clock.Now();
    const BlobInfo info{.name = made.location.name,
                        .created = now,
                        .last_modified = now,
                        .properties = PropertiesOfNew(file),
                        .file_id = file_id};
    const Precondition first{.if_none_match = (request.flags & O_EXCL) != 0};
    auto writer = std::make_shared<FileWriter>(directory.store(), state.write_pool, info, first);
    {
      MutexLock lock(node->file_mutex);
      node->file.writer = std::move(writer);
    }
    state.nodes->SetPending(*node);
  }
  auto opened = OpenHandle(state, node, (request.flags & ~O_TRUNC) | O_CREAT);
  if (!opened) {
    state.nodes->Forget(node->id, 1);
    return std::move(opened).error();
  }
  {
    // What the kernel will cache of the file comes from this mount alone.
    opened->cache = OpenedFile::Cache::kKeep;
  }
  return CreatedFile{.entry = {.node = node->id, .attributes = *OpenAttributes(state, *node)},
                     .file = *opened};
}

Status FlushFile(FileSystemState& state, HandleId id) {
  const auto handle = TRY(state.files.Find(id));
  if (!handle->commits) return Ok();
  {
    MutexLock lock(handle->node->commit_mutex);
    TRY(CommitAtClose(state, *handle->node));
  }
  NoteFlushed(*handle);
  return Ok();
}

Status SyncFile(FileSystemState& state, HandleId id) {
  const auto handle = TRY(state.files.Find(id));
  Node& node = *handle->node;
  MutexLock lock(node.commit_mutex);
  SettleFile(node);
  TRY(TakeLateError(node));
  return CommitFileLocked(state, node);
}

void CommitAllFiles(FileSystemState& state) {
  state.nodes->ForEach([&](const NodePtr& node) {
    const Status committed = CommitFile(state, node);
    if (!committed) LogLost(state, *node, committed.error());
  });
}

void ReleaseFile(FileSystemState& state, HandleId id) {
  const auto handle = state.files.Remove(id);
  if (handle != nullptr) DropHandle(state, *handle);
}

}  // namespace replicafs
