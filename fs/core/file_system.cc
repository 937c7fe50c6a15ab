#include "fs/core/file_system.h"

#include <utility>

#include "fs/core/attribute_ops.h"
#include "fs/core/directory_ops.h"
#include "fs/core/entries.h"
#include "fs/core/file_content.h"
#include "fs/core/file_ops.h"
#include "fs/core/file_system_state.h"
#include "fs/core/make_ops.h"
#include "fs/core/remove_ops.h"
#include "fs/core/rename_ops.h"
#include "fs/core/space.h"
#include "fs/core/xattr_ops.h"

namespace replicafs {

class FileSystem::State : public FileSystemState {
 public:
  using FileSystemState::FileSystemState;
};

FileSystem::FileSystem(std::unique_ptr<State> state) : state_(std::move(state)) {}

FileSystem::~FileSystem() {
  StopNotifying();
  CommitAll();
}

Result<std::unique_ptr<FileSystem>> FileSystem::Open(AccountSource& accounts, const Clock& clock,
                                                     FileSystemOptions options) {
  std::string scratch_directory = options.scratch_directory;
  auto state =
      std::make_unique<State>(accounts, clock, std::move(options), std::move(scratch_directory));
  TRY(state->MakeRoot());
  return std::unique_ptr<FileSystem>(new FileSystem(std::move(state)));
}

void FileSystem::StartNotifying(KernelNotifier& notifier) {
  state_->watcher.Start(notifier);
  state_->forgetter.Start(notifier);
}

void FileSystem::StopNotifying() {
  state_->watcher.Stop();
  state_->forgetter.Stop();
}

Result<Entry> FileSystem::Lookup(NodeId parent, std::string_view name) {
  const NodePtr directory = TRY(DirectoryNode(*state_, parent));
  return LookupEntry(*state_, directory, name);
}

bool FileSystem::AbsencesAreFleeting(NodeId parent) {
  const auto directory = state_->nodes->Find(parent);
  return directory && IsBelowVersions(**directory);
}

void FileSystem::Forget(NodeId node, uint64_t lookups) {
  state_->nodes->Forget(node, lookups);
}

Result<Entry> FileSystem::MakeDirectory(NodeId parent, std::string_view name, mode_t mode,
                                        const Caller& caller) {
  return replicafs::MakeDirectory(*state_, parent, name, mode, caller);
}

Result<Entry> FileSystem::MakeNode(NodeId parent, std::string_view name, mode_t mode,
                                   uint64_t device, const Caller& caller) {
  return replicafs::MakeNode(*state_, parent, name, mode, device, caller);
}

Result<Entry> FileSystem::MakeSymlink(NodeId parent, std::string_view name, std::string_view target,
                                      const Caller& caller) {
  return replicafs::MakeSymlink(*state_, parent, name, target, caller);
}

Status FileSystem::Unlink(NodeId parent, std::string_view name) {
  return replicafs::Unlink(*state_, parent, name);
}

Status FileSystem::RemoveDirectory(NodeId parent, std::string_view name) {
  return replicafs::RemoveDirectory(*state_, parent, name);
}

Status FileSystem::Rename(NodeId parent, std::string_view name, NodeId new_parent,
                          std::string_view new_name, RenameMode mode) {
  return replicafs::Rename(*state_, {.parent = parent,
                                     .name = name,
                                     .new_parent = new_parent,
                                     .new_name = new_name,
                                     .mode = mode});
}

Result<Attributes> FileSystem::GetAttributes(NodeId node) {
  return replicafs::GetAttributes(*state_, node);
}

Result<Attributes> FileSystem::SetAttributes(NodeId node, const AttributeChange& change) {
  return replicafs::SetAttributes(*state_, node, change);
}

Result<std::string> FileSystem::ReadSymlink(NodeId node) {
  return replicafs::ReadSymlink(*state_, node);
}

Result<CreatedFile> FileSystem::Create(NodeId parent, std::string_view name, mode_t mode, int flags,
                                       const Caller& caller) {
  return CreateFile(*state_, {.parent = parent, .name = name, .mode = mode, .flags = flags},
                    caller);
}

Result<OpenedFile> FileSystem::OpenNode(NodeId node, int flags) {
  return OpenFileNode(*state_, node, flags);
}

Result<std::optional<FileParts>> FileSystem::ReadParts(HandleId handle, uint64_t offset,
                                                       size_t size) {
  return ReadFileParts(*state_, handle, offset, size);
}

Result<size_t> FileSystem::Read(HandleId handle, uint64_t offset, std::span<std::byte> into) {
  return ReadFile(*state_, handle, offset, into);
}

Result<size_t> FileSystem::Write(HandleId handle, uint64_t offset, ByteSpan bytes,
                                 WriteSource source) {
  return WriteFile(*state_, handle, offset, bytes, source);
}

Status FileSystem::Allocate(HandleId handle, const RangeChange& change) {
  return AllocateRange(*state_, handle, change);
}

Result<std::optional<uint64_t>> FileSystem::Find(HandleId handle, Extent what, uint64_t offset) {
  return FindInFile(*state_, handle, what, offset);
}

Result<size_t> FileSystem::Copy(const CopyRequest& request) {
  return CopyRange(*state_, request);
}

Status FileSystem::Flush(HandleId handle) {
  return FlushFile(*state_, handle);
}

Status FileSystem::Sync(HandleId handle) {
  return SyncFile(*state_, handle);
}

void FileSystem::Settle() {
  for (MountedAccount* account : state_->OpenAccounts()) account->late().Finish();
}

void FileSystem::CommitAll() {
  CommitAllFiles(*state_);
  Settle();
}

void FileSystem::Release(HandleId handle) {
  ReleaseFile(*state_, handle);
}

Result<HandleId> FileSystem::OpenDirectory(NodeId node) {
  return replicafs::OpenDirectory(*state_, node);
}

Status FileSystem::ReadDirectory(HandleId handle, uint64_t after, Lookups lookups,
                                 const std::function<bool(const DirectoryEntry&)>& visit) {
  return replicafs::ReadDirectory(*state_, {.handle = handle, .after = after, .lookups = lookups},
                                  visit);
}

void FileSystem::ReleaseDirectory(HandleId handle) {
  replicafs::ReleaseDirectory(*state_, handle);
}

Result<std::string> FileSystem::GetXattr(NodeId node, std::string_view name) {
  return replicafs::GetXattr(*state_, node, name);
}

Result<std::vector<std::string>> FileSystem::ListXattrs(NodeId node) {
  return replicafs::ListXattrs(*state_, node);
}

Status FileSystem::SetXattr(NodeId node, std::string_view name, std::string_view value,
                            XattrMode mode) {
  return replicafs::SetXattr(*state_, node, name, value, mode);
}

Status FileSystem::RemoveXattr(NodeId node, std::string_view name) {
  return replicafs::RemoveXattr(*state_, node, name);
}

Result<FileSystemSpace> FileSystem::Space(NodeId node) {
  return SpaceOf(*state_, node);
}

}  // namespace replicafs
