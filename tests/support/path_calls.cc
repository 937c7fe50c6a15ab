#include "tests/support/path_calls.h"

#include <span>
#include <utility>

namespace replicafs {

Result<NodeId> PathCalls::Walk(std::string_view path) {
  NodeId node = kRootNode;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    const Entry entry = TRY(fs().Lookup(node, name));
    node = entry.node;
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return node;
}

Result<PathCalls::Split> PathCalls::WalkToParent(std::string_view path) {
  const size_t slash = path.rfind('/');
  const bool below = slash != std::string_view::npos;
  const NodeId parent = TRY(Walk(below ? path.substr(0, slash) : std::string_view()));
  return Split{parent, std::string(below ? path.substr(slash + 1) : path)};
}

Result<Attributes> PathCalls::Stat(std::string_view path) {
  const NodeId node = TRY(Walk(path));
  return fs().GetAttributes(node);
}

Result<HandleId> PathCalls::Open(std::string_view path, int flags, mode_t mode) {
  if ((flags & O_CREAT) != 0) {
    const Split split = TRY(WalkToParent(path));
    const CreatedFile created = TRY(fs().Create(split.parent, split.name, mode, flags, kRoot));
    return created.file.handle;
  }
  const NodeId node = TRY(Walk(path));
  const OpenedFile opened = TRY(fs().OpenNode(node, flags));
  return opened.handle;
}

Status PathCalls::Close(HandleId handle) {
  Status flushed = fs().Flush(handle);
  fs().Release(handle);
  return flushed;
}

Status PathCalls::WriteAt(HandleId handle, uint64_t offset, std::string_view bytes) {
  TRY(fs().Write(handle, offset, AsBytes(bytes)));
  return Ok();
}

Status PathCalls::WriteFile(std::string_view path, std::string_view content) {
  const HandleId handle = TRY(Open(path, O_WRONLY | O_CREAT | O_TRUNC));
  Status written = content.empty() ? Ok() : WriteAt(handle, 0, content);
  Status closed = Close(handle);
  return written ? std::move(closed) : std::move(written);
}

Result<std::string> PathCalls::ReadAll(HandleId handle) {
  std::string content;
  std::string piece(64 << 10, '\0');
  for (;;) {
    const size_t size =
        TRY(fs().Read(handle, content.size(), std::as_writable_bytes(std::span(piece))));
    content.append(piece, 0, size);
    if (size == 0) return content;
  }
}

Result<std::string> PathCalls::ReadFile(std::string_view path) {
  const HandleId handle = TRY(Open(path, O_RDONLY));
  auto content = ReadAll(handle);
  fs().Release(handle);
  return content;
}

Status PathCalls::Mkdir(std::string_view path, mode_t mode) {
  const Split split = TRY(WalkToParent(path));
  TRY(fs().MakeDirectory(split.parent, split.name, mode, kRoot));
  return Ok();
}

Status PathCalls::Symlink(std::string_view target, std::string_view path) {
  const Split split = TRY(WalkToParent(path));
  TRY(fs().MakeSymlink(split.parent, split.name, target, kRoot));
  return Ok();
}

Status PathCalls::Unlink(std::string_view path) {
  const Split split = TRY(WalkToParent(path));
  return fs().Unlink(split.parent, split.name);
}

Status PathCalls::Rmdir(std::string_view path) {
  const Split split = TRY(WalkToParent(path));
  return fs().RemoveDirectory(split.parent, split.name);
}

Status PathCalls::Rename(std::string_view from, std::string_view to, RenameMode mode) {
  const Split old_place = TRY(WalkToParent(from));
  const Split new_place = TRY(WalkToParent(to));
  return fs().Rename(old_place.parent, old_place.name, new_place.parent, new_place.name, mode);
}

Status PathCalls::SetAttributes(std::string_view path, const AttributeChange& change) {
  const NodeId node = TRY(Walk(path));
  TRY(fs().SetAttributes(node, change));
  return Ok();
}

Result<std::string> PathCalls::GetXattr(std::string_view path, std::string_view name) {
  const NodeId node = TRY(Walk(path));
  return fs().GetXattr(node, name);
}

Status PathCalls::SetXattr(std::string_view path, std::string_view name, std::string_view value,
                           XattrMode mode) {
  const NodeId node = TRY(Walk(path));
  return fs().SetXattr(node, name, value, mode);
}

Result<std::vector<std::string>> PathCalls::ListXattrs(std::string_view path) {
  const NodeId node = TRY(Walk(path));
  return fs().ListXattrs(node);
}

Status PathCalls::RemoveXattr(std::string_view path, std::string_view name) {
  const NodeId node = TRY(Walk(path));
  return fs().RemoveXattr(node, name);
}

Result<std::vector<std::string>> PathCalls::List(std::string_view path) {
  const NodeId node = TRY(Walk(path));
  const HandleId handle = TRY(fs().OpenDirectory(node));
  std::vector<std::string> names;
  const Status read =
      fs().ReadDirectory(handle, 0, FileSystem::Lookups::kNone, [&](const DirectoryEntry& entry) {
        if (entry.name != "." && entry.name != "..") names.push_back(entry.name);
        return true;
      });
  fs().ReleaseDirectory(handle);
  TRY(Status(read));
  return names;
}

}  // namespace replicafs
