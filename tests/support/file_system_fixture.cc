#include "tests/support/file_system_fixture.h"

#include <span>
#include <utility>

#include "tests/support/matchers.h"

namespace replicafs {

MountedFixture::MountedFixture(MountScope scope)
    : MountedFixture(std::move(scope), [](std::shared_ptr<Account> account) { return account; }) {}

MountedFixture::MountedFixture(MountScope scope, std::shared_ptr<Account> account)
    : MountedFixture(std::move(scope), [&](const std::shared_ptr<Account>&) { return account; }) {}

MountedFixture::MountedFixture(MountScope scope, const Front& front) : scope_(std::move(scope)) {
  clock_.SetAutoAdvance(std::chrono::milliseconds(1));
  account_ = front(std::make_shared<MemoryAccount>(MemoryAccountOptions{.clock = &clock_}));
  accounts_.Add(account_);
  Must(ApplyOne(store(), CreateContainer{"box"}, 0));
  Remount();
}

void MountedFixture::Remount() {
  fs_.reset();
  fs_ = Must(
      FileSystem::Open(accounts_, clock_, {.scope = scope_, .scratch_directory = scratch_.path()}));
}

Result<NodeId> MountedFixture::Walk(std::string_view path) {
  NodeId node = kRootNode;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    const Entry entry = TRY(fs_->Lookup(node, name));
    node = entry.node;
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return node;
}

Result<MountedFixture::Split> MountedFixture::WalkToParent(std::string_view path) {
  const size_t slash = path.rfind('/');
  const bool below = slash != std::string_view::npos;
  const NodeId parent = TRY(Walk(below ? path.substr(0, slash) : std::string_view()));
  return Split{parent, std::string(below ? path.substr(slash + 1) : path)};
}

Result<Attributes> MountedFixture::Stat(std::string_view path) {
  const NodeId node = TRY(Walk(path));
  return fs_->GetAttributes(node);
}

Result<HandleId> MountedFixture::Open(std::string_view path, int flags, mode_t mode) {
  if ((flags & O_CREAT) != 0) {
    const Split split = TRY(WalkToParent(path));
    const CreatedFile created = TRY(fs_->Create(split.parent, split.name, mode, flags, kRoot));
    return created.file.handle;
  }
  const NodeId node = TRY(Walk(path));
  const OpenedFile opened = TRY(fs_->OpenNode(node, flags));
  return opened.handle;
}

Status MountedFixture::Close(HandleId handle) {
  Status flushed = fs_->Flush(handle);
  fs_->Release(handle);
  return flushed;
}

Status MountedFixture::WriteAt(HandleId handle, uint64_t offset, std::string_view bytes) {
  TRY(fs_->Write(handle, offset, AsBytes(bytes)));
  return Ok();
}

Status MountedFixture::WriteFile(std::string_view path, std::string_view content) {
  const HandleId handle = TRY(Open(path, O_WRONLY | O_CREAT | O_TRUNC));
  Status written = content.empty() ? Ok() : WriteAt(handle, 0, content);
  Status closed = Close(handle);
  return written ? std::move(closed) : std::move(written);
}

Result<std::string> MountedFixture::ReadAll(HandleId handle) {
  std::string content;
  std::string piece(64 << 10, '\0');
  for (;;) {
    const size_t size =
        TRY(fs_->Read(handle, content.size(), std::as_writable_bytes(std::span(piece))));
    content.append(piece, 0, size);
    if (size == 0) return content;
  }
}

Result<std::string> MountedFixture::ReadFile(std::string_view path) {
  const HandleId handle = TRY(Open(path, O_RDONLY));
  auto content = ReadAll(handle);
  fs_->Release(handle);
  return content;
}

Status MountedFixture::Mkdir(std::string_view path, mode_t mode) {
  const Split split = TRY(WalkToParent(path));
  TRY(fs_->MakeDirectory(split.parent, split.name, mode, kRoot));
  return Ok();
}

Status MountedFixture::Symlink(std::string_view target, std::string_view path) {
  const Split split = TRY(WalkToParent(path));
  TRY(fs_->MakeSymlink(split.parent, split.name, target, kRoot));
  return Ok();
}

Status MountedFixture::Unlink(std::string_view path) {
  const Split split = TRY(WalkToParent(path));
  return fs_->Unlink(split.parent, split.name);
}

Status MountedFixture::Rmdir(std::string_view path) {
  const Split split = TRY(WalkToParent(path));
  return fs_->RemoveDirectory(split.parent, split.name);
}

Status MountedFixture::Rename(std::string_view from, std::string_view to, RenameMode mode) {
  const Split old_place = TRY(WalkToParent(from));
  const Split new_place = TRY(WalkToParent(to));
  return fs_->Rename(old_place.parent, old_place.name, new_place.parent, new_place.name, mode);
}

Status MountedFixture::SetAttributes(std::string_view path, const AttributeChange& change) {
  const NodeId node = TRY(Walk(path));
  TRY(fs_->SetAttributes(node, change));
  return Ok();
}

Result<std::string> MountedFixture::GetXattr(std::string_view path, std::string_view name) {
  const NodeId node = TRY(Walk(path));
  return fs_->GetXattr(node, name);
}

Status MountedFixture::SetXattr(std::string_view path, std::string_view name,
                                std::string_view value, XattrMode mode) {
  const NodeId node = TRY(Walk(path));
  return fs_->SetXattr(node, name, value, mode);
}

Result<std::vector<std::string>> MountedFixture::ListXattrs(std::string_view path) {
  const NodeId node = TRY(Walk(path));
  return fs_->ListXattrs(node);
}

Status MountedFixture::RemoveXattr(std::string_view path, std::string_view name) {
  const NodeId node = TRY(Walk(path));
  return fs_->RemoveXattr(node, name);
}

Result<std::vector<std::string>> MountedFixture::List(std::string_view path) {
  const NodeId node = TRY(Walk(path));
  const HandleId handle = TRY(fs_->OpenDirectory(node));
  std::vector<std::string> names;
  const Status read =
      fs_->ReadDirectory(handle, 0, FileSystem::Lookups::kNone, [&](const DirectoryEntry& entry) {
        if (entry.name != "." && entry.name != "..") names.push_back(entry.name);
        return true;
      });
  fs_->ReleaseDirectory(handle);
  TRY(Status(read));
  return names;
}

void MountedFixture::Put(std::string_view name, std::string_view content, StringMap metadata) {
  CommitBlob commit{.path = {"box", std::string(name)}, .content = std::string(content)};
  commit.properties.metadata = std::move(metadata);
  Must(ApplyOne(store(), std::move(commit), 0));
}

size_t MountedFixture::VersionCount(std::string_view name) {
  return Must(store().ListVersions({"box", std::string(name)})).size();
}

void MountedFixture::SetDestination(std::string policy_id) {
  Must(ApplyOne(store(), replicafs::SetDestination{"box", std::move(policy_id)}, 0));
}

}  // namespace replicafs
