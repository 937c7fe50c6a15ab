#include "fs/core/attribute_ops.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <span>
#include <utility>

#include "fs/core/close_later.h"
#include "fs/core/entries.h"
#include "fs/core/file_commit.h"

namespace replicafs {
namespace {

constexpr int kAttemptsMax = 5;

// A directory that was removed while somebody still stands in it.
Attributes RemovedDirectory(const FileSystemState& state, const Node& node) {
  Attributes attributes;
  attributes.mode = S_IFDIR | (0777 & ~state.options.umask);
  attributes.links = 0;
  attributes.uid = state.options.uid;
  attributes.gid = state.options.gid;
  attributes.inode = node.id.value;
  return attributes;
}

// Members that differ, as a change in place; nullopt when none does.
std::optional<PatchBlob> Difference(const BlobPath& path, const BlobInfo& info,
                                    BlobProperties changed, const StringMap& baseline) {
  PatchBlob patch{.path = path, .precondition = {.if_match = info.etag}};
  bool differs = false;
  if (changed.metadata != baseline) patch.metadata = std::move(changed.metadata), differs = true;
  if (changed.headers != info.properties.headers) patch.headers = changed.headers, differs = true;
  if (changed.tags != info.properties.tags) patch.tags = std::move(changed.tags), differs = true;
  if (changed.tier != info.properties.tier) patch.tier = changed.tier, differs = true;
  if (!differs) return std::nullopt;
  return patch;
}

Status ChangeOnce(FileSystemState& state, Node& node, const PropertyChange& change) {
  const NamespaceGate::Shared gate(state.gate);
  const Location location = state.nodes->LocationOf(node);
  const Found found = TRY(FindNode(state, node));
  const Attributes current = AttributesOf(state, found, location, &node);
  BlobInfo info;
  if (found.blob) {
    info = *found.blob;
  } else {
    const NewFile made{
        .mode = current.mode, .uid = current.uid, .gid = current.gid, .mtime_ns = current.mtime_ns};
    info.name = location.name;
    info.properties = PropertiesOfNew(made);
  }
  // What moves with last_modified is written down, so that this change does not move it.
  BlobProperties properties = info.properties;
  RecordChange({}, current, properties.metadata);
  const StringMap baseline = properties.metadata;
  TRY(change(info, properties));
  if (!found.blob) {
    TRY(state.Apply(location.store(), {CommitBlob{.path = location.path(),
                                                  .content = std::string(),
                                                  .properties = std::move(properties),
                                                  .precondition = {.if_none_match = true}}}));
    return Ok();
  }
  const auto patch = Difference(location.path(), info, properties, baseline);
  if (!patch) return Ok();
  const auto outcomes = TRY(state.Apply(location.store(), {*patch}));
  if (const auto writer = WriterOf(node)) {
    info.properties = std::move(properties);
    info.etag = outcomes[0].etag;
    info.last_modified = outcomes[0].last_modified;
    writer->AdoptInfo(info);
  }
  return Ok();
}

// Nothing in the store is theirs any more.
Status ChangeOrphan(FileSystemState& state, Node& node, const PropertyChange& change) {
  MutexLock lock(node.file_mutex);
  if (!node.file.orphan) return Ok();
  BlobInfo& info = *node.file.orphan;
  BlobProperties properties = info.properties;
  TRY(change(info, properties));
  info.properties = std::move(properties);
  info.last_modified = state.clock.Now();
  return Ok();
}

Status SetSize(FileSystemState& state, Node& node, uint64_t size_bytes)
    REQUIRES(node.commit_mutex) {
  if (node.type != S_IFREG)
    return Error{ErrorCode::kInvalid, "only regular files can be truncated"};
  const auto writer =
      size_bytes == 0 ? TRY(StartEmptyWriter(state, node)) : TRY(StartWriter(state, node));
  return writer->Truncate(size_bytes, state.NowNs());
}

Status ChangeFile(FileSystemState& state, Node& node, const AttributeChange& change) {
  MutexLock lock(node.commit_mutex);
  if (change.size_bytes) TRY(SetSize(state, node, *change.size_bytes));
  const bool more = change.mode || change.uid || change.gid || change.atime_ns || change.mtime_ns;
  Status changed = Ok();
  if (more) {
    changed = ChangeProperties(state, node, [&](const BlobInfo& info, BlobProperties& properties) {
      BlobInfo now = info;
      now.properties = properties;
      RecordChange(change, FileAttributes(now, state.defaults()), properties.metadata);
      return Ok();
    });
  }
  // Nobody has it open for writing: no close will commit the new size.
  bool is_open = false;
  {
    MutexLock file_lock(node.file_mutex);
    is_open = node.file.write_handles > 0;
  }
  if (!change.size_bytes || is_open) return changed;
  const Status committed = CommitAtClose(state, node);
  EndWriterIfUnused(state, node);
  return changed ? committed : changed;
}

}  // namespace

Status ChangeProperties(FileSystemState& state, Node& node, const PropertyChange& change) {
  const auto writer = WriterOf(node);
  if (writer != nullptr && (node.unlinked || writer->NeedsCommit())) {
    const BlobInfo info = writer->Info();
    BlobProperties properties = info.properties;
    TRY(change(info, properties));
    // What is written and not closed is nobody else's yet: the next close takes the properties.
    const bool waits = !node.unlinked && IsInLateCommit(node, *writer);
    writer->SetProperties(std::move(properties), state.NowNs());
    return waits ? UpdateLateCommit(state, node) : Ok();
  }
  if (node.unlinked) return ChangeOrphan(state, node, change);
  for (int i = 1;; ++i) {
    Status done = ChangeOnce(state, node, change);
    if (done || done.error().code != ErrorCode::kPrecondition || i == kAttemptsMax) return done;
  }
}

Result<Attributes> GetAttributes(FileSystemState& state, NodeId id) {
  const NodePtr node = TRY(state.nodes->Find(id));
  if (const auto open = OpenAttributes(state, *node)) return *open;
  if (node->unlinked && node->type == S_IFDIR) return RemovedDirectory(state, *node);
  const Found found = TRY(FindNode(state, *node));
  return AttributesOf(state, found, state.nodes->LocationOf(*node), node.get());
}

Result<Attributes> SetAttributes(FileSystemState& state, NodeId id, const AttributeChange& change) {
  const NodePtr node = TRY(state.nodes->Find(id));
  switch (node->kind) {
    case NodeKind::kAccounts:
    case NodeKind::kAccount:
      return Error{ErrorCode::kPermission, "accounts have no attributes of their own"};
    case NodeKind::kVersionsRoot:
    case NodeKind::kVersions:
    case NodeKind::kVersion: return Error{ErrorCode::kReadOnly, "versions never change"};
    case NodeKind::kContainer:
    case NodeKind::kDirectory:
    case NodeKind::kFile: break;
  }
  TRY(RefuseDestination(state.nodes->LocationOf(*node)));
  // A container keeps no attributes; copying a tree into it must not fail for that.
  const bool is_root = node->kind == NodeKind::kContainer || node->id == kRootNode;
  if (is_root || (node->unlinked && node->type == S_IFDIR)) return GetAttributes(state, id);
  TRY(ChangeFile(state, *node, change));
  return GetAttributes(state, id);
}

Result<std::string> ReadSymlink(FileSystemState& state, NodeId id) {
  const NodePtr node = TRY(state.nodes->Find(id));
  if (node->type != S_IFLNK) return Error{ErrorCode::kInvalid, "it is no symlink"};
  const Location location = state.nodes->LocationOf(*node);
  const auto reader = TRY(location.store().Open(location.path(), node->version));
  std::string target(reader->info().size_bytes, '\0');
  const size_t size = TRY(reader->ReadAt(0, std::as_writable_bytes(std::span(target))));
  target.resize(size);
  return target;
}

}  // namespace replicafs
