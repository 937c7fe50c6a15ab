#include "fs/core/make_ops.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

#include "fs/core/entries.h"

namespace replicafs {
namespace {

Error Exists(std::string_view name) {
  return Error{ErrorCode::kExists, fmt::format("'{}' exists", name)};
}

// A blob of its own, committed at once.
Result<Entry> MakeBlob(FileSystemState& state, NodeId parent_id, std::string_view name,
                       const NewFile& file, std::string content) {
  const NodePtr parent = TRY(WritableDirectoryNode(state, parent_id));
  if (PendingChild(state, parent, name) != nullptr) return Exists(name);
  const auto found = FindEntry(state, parent, name);
  if (found) return Exists(name);
  if (found.error().code != ErrorCode::kNotFound) return found.error();

  const NamespaceGate::Shared gate(state.gate);
  const Location directory = state.nodes->LocationOf(*parent);
  TRY(RefuseDestination(directory));
  const NewName made = TRY(PlaceNewName(directory, name));
  auto applied =
      state.Apply(directory.store(), {CommitBlob{.path = made.location.path(),
                                                 .content = std::move(content),
                                                 .properties = PropertiesOfNew(file),
                                                 .precondition = {.if_none_match = true}}});
  if (!applied && applied.error().code == ErrorCode::kPrecondition) return Exists(name);
  TRY(std::move(applied));
  Found stored = TRY(FindBlob(made.location, NameForm::kPlain));
  stored.seed.component = made.component;
  return MakeEntry(state, parent, name, stored);
}

}  // namespace

Result<NewFile> NewFileIn(FileSystemState& state, const NodePtr& directory, mode_t mode,
                          const Caller& caller) {
  const mode_t type = mode & S_IFMT;
  NewFile file{.mode = type | (mode & ~mode_t{S_IFMT} & ~caller.umask),
               .uid = caller.uid,
               .gid = caller.gid,
               .mtime_ns = state.NowNs()};
  const Found found = TRY(FindNode(state, *directory));
  const Attributes parent =
      AttributesOf(state, found, state.nodes->LocationOf(*directory), directory.get());
  if ((parent.mode & S_ISGID) != 0) {
    file.gid = parent.gid;
    if (type == S_IFDIR) file.mode |= S_ISGID;
  }
  return file;
}

Result<Entry> MakeDirectory(FileSystemState& state, NodeId parent, std::string_view name,
                            mode_t mode, const Caller& caller) {
  const NodePtr directory = TRY(WritableDirectoryNode(state, parent));
  const NewFile file = TRY(NewFileIn(state, directory, S_IFDIR | (mode & ~mode_t{S_IFMT}), caller));
  return MakeBlob(state, parent, name, file, {});
}

Result<Entry> MakeNode(FileSystemState& state, NodeId parent, std::string_view name, mode_t mode,
                       uint64_t device, const Caller& caller) {
  const NodePtr directory = TRY(WritableDirectoryNode(state, parent));
  const mode_t type = (mode & S_IFMT) == 0 ? S_IFREG : mode & S_IFMT;
  if (type == S_IFDIR || type == S_IFLNK)
    return Error{ErrorCode::kInvalid, "mknod makes neither directories nor symlinks"};
  NewFile file = TRY(NewFileIn(state, directory, type | (mode & ~mode_t{S_IFMT}), caller));
  file.device = device;
  return MakeBlob(state, parent, name, file, {});
}

Result<Entry> MakeSymlink(FileSystemState& state, NodeId parent, std::string_view name,
                          std::string_view target, const Caller& caller) {
  const NodePtr directory = TRY(WritableDirectoryNode(state, parent));
  NewFile file = TRY(NewFileIn(state, directory, S_IFLNK | 0777, caller));
  file.mode = S_IFLNK | 0777;
  return MakeBlob(state, parent, name, file, std::string(target));
}

}  // namespace replicafs
