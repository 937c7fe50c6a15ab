#include "fs/core/xattr_ops.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <optional>
#include <utility>

#include "fs/core/attribute_ops.h"
#include "fs/core/entries.h"
#include "fs/core/file_commit.h"
#include "fs/core/user_xattrs.h"
#include "fs/core/virtual_xattrs.h"

namespace replicafs {
namespace {

Error NoAttribute(std::string_view name) {
  return Error{ErrorCode::kNoAttribute, fmt::format("there is no '{}'", name)};
}

// Linux has user xattrs on files and directories alone (xattr(7)).
bool HasXattrs(const Node& node) {
  const bool is_directory = node.kind == NodeKind::kDirectory;
  const bool is_file = node.kind == NodeKind::kFile || node.kind == NodeKind::kVersion;
  return is_directory || (is_file && node.type == S_IFREG);
}

// nullopt for directories without a marker, which have no attributes of their own.
Result<std::optional<XattrSubject>> SubjectOf(FileSystemState& state, Node& node) {
  XattrSubject subject{.location = state.nodes->LocationOf(node)};
  const auto writer = WriterOf(node);
  bool known = false;
  if (writer != nullptr && (node.unlinked || writer->NeedsCommit())) {
    subject.info = writer->Info();
    known = true;
  }
  if (node.unlinked) {
    if (known) return std::optional<XattrSubject>(std::move(subject));
    MutexLock lock(node.file_mutex);
    if (!node.file.orphan) return std::optional<XattrSubject>();
    subject.info = *node.file.orphan;
    return std::optional<XattrSubject>(std::move(subject));
  }
  auto found = FindNode(state, node);
  if (!found && !(known && found.error().code == ErrorCode::kNotFound))
    return std::move(found).error();
  if (found && found->blob) subject.stored = std::move(found->blob);
  if (!known) {
    if (!subject.stored) return std::optional<XattrSubject>();
    subject.info = *subject.stored;
  }
  return std::optional<XattrSubject>(std::move(subject));
}

// Whether this xattr can be changed on this node at all. False: the change is to be ignored.
Result<bool> CheckChange(FileSystemState& state, const Node& node, std::string_view name) {
  if (!name.starts_with(kUserPrefix))
    return Error{ErrorCode::kNotSupported, "only extended attributes of users are kept"};
  if (name.size() == kUserPrefix.size())
    return Error{ErrorCode::kInvalid, "an extended attribute needs a name"};
  if (node.kind == NodeKind::kVersion || node.kind == NodeKind::kVersions ||
      node.kind == NodeKind::kVersionsRoot) {
    return Error{ErrorCode::kReadOnly, "versions never change"};
  }
  if (node.kind == NodeKind::kContainer) {
    // It keeps none; copying a tree into it must not fail for that.
    TRY(RefuseDestination(state.nodes->LocationOf(node)));
    return false;
  }
  if (!HasXattrs(node)) {
    return Error{ErrorCode::kNotSupported,
                 "only files and directories in containers have extended attributes"};
  }
  if (name != kTierXattr) TRY(RefuseDestination(state.nodes->LocationOf(node)));
  return KindOfXattr(name) != XattrKind::kReadOnly;
}

bool HasWritable(const BlobInfo& info, const BlobProperties& properties, std::string_view name) {
  if (KindOfXattr(name) == XattrKind::kUser)
    return UserXattr(properties.metadata, name).has_value();
  XattrSubject subject;
  subject.info = info;
  subject.info.properties = properties;
  return VirtualXattr(subject, name).has_value();
}

}  // namespace

Result<std::string> GetXattr(FileSystemState& state, NodeId id, std::string_view name) {
  const NodePtr node = TRY(state.nodes->Find(id));
  if (!name.starts_with(kUserPrefix) || !HasXattrs(*node)) return NoAttribute(name);
  const auto subject = TRY(SubjectOf(state, *node));
  if (!subject) return NoAttribute(name);
  if (ShowsReplication(name) && subject->stored) {
    const auto shown = state.shown_replication.Recall(id, *subject->stored, state.clock.Now());
    if (shown && shown->contains(name)) return shown->at(std::string(name));
  }
  if (KindOfXattr(name) != XattrKind::kUser) return VirtualXattr(*subject, name);
  auto value = UserXattr(subject->info.properties.metadata, name);
  if (!value) return NoAttribute(name);
  return std::move(*value);
}

Result<std::vector<std::string>> ListXattrs(FileSystemState& state, NodeId id) {
  const NodePtr node = TRY(state.nodes->Find(id));
  if (!HasXattrs(*node)) return std::vector<std::string>();
  const auto subject = TRY(SubjectOf(state, *node));
  if (!subject) return std::vector<std::string>();
  std::vector<std::string> names = UserXattrNames(subject->info.properties.metadata);
  const XattrMap shown = TRY(VirtualXattrs(*subject));
  XattrMap replication;
  for (const auto& [name, value] : shown) {
    names.push_back(name);
    if (ShowsReplication(name)) replication.emplace(name, value);
  }
  if (subject->stored)
    state.shown_replication.Note(id, *subject->stored, state.clock.Now(), std::move(replication));
  return names;
}

Status SetXattr(FileSystemState& state, NodeId id, std::string_view name, std::string_view value,
                XattrMode mode) {
  const NodePtr node = TRY(state.nodes->Find(id));
  const bool takes_effect = TRY(CheckChange(state, *node, name));
  if (value.size() > kXattrValueMaxBytes)
    return Error{ErrorCode::kTooLarge, "an extended attribute holds at most 64 KiB"};
  if (!takes_effect) return Ok();
  MutexLock lock(node->commit_mutex);
  return ChangeProperties(state, *node, [&](const BlobInfo& info, BlobProperties& properties) {
    const bool exists = HasWritable(info, properties, name);
    if (mode == XattrMode::kCreate && exists)
      return Status(Error{ErrorCode::kExists, fmt::format("'{}' exists", name)});
    if (mode == XattrMode::kReplace && !exists) return Status(NoAttribute(name));
    if (KindOfXattr(name) == XattrKind::kWritable)
      return ChangeVirtualXattr(name, value, properties);
    SetUserXattr(properties.metadata, name, value);
    return Ok();
  });
}

Status RemoveXattr(FileSystemState& state, NodeId id, std::string_view name) {
  const NodePtr node = TRY(state.nodes->Find(id));
  const bool takes_effect = TRY(CheckChange(state, *node, name));
  if (!takes_effect) return Ok();
  MutexLock lock(node->commit_mutex);
  return ChangeProperties(state, *node, [&](const BlobInfo&, BlobProperties& properties) {
    if (KindOfXattr(name) == XattrKind::kWritable)
      return ChangeVirtualXattr(name, std::nullopt, properties);
    if (!RemoveUserXattr(properties.metadata, name)) return Status(NoAttribute(name));
    return Ok();
  });
}

}  // namespace replicafs
