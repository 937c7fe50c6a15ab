#include <fmt/format.h>

#include "tests/model/model.h"
#include "tests/model/operations.h"

namespace replicafs {
namespace {

using Type = ReferenceFile::Type;
using FilePtr = ReferenceTree::FilePtr;

bool HasParent(const ReferenceTree& tree, const std::string& path) {
  const size_t slash = path.rfind('/');
  const FilePtr parent = tree.Find(slash == std::string::npos ? "" : path.substr(0, slash));
  return parent != nullptr && parent->type == Type::kDirectory;
}

bool IsPending(const FilePtr& file) {
  return file != nullptr && !file->saved;
}

// Files and symlinks at and below a path.
std::vector<FilePtr> FilesAt(const ReferenceTree& tree, const std::string& path) {
  std::vector<FilePtr> found;
  for (const auto& [name, file] : tree.files()) {
    const bool is_in = name == path || name.starts_with(path + "/");
    if (is_in && file->type != Type::kDirectory) found.push_back(file);
  }
  return found;
}

// Histories stay where they were made: what is saved of the file ends here and begins there.
void EndAll(Model& model, const std::vector<FilePtr>& files) {
  for (const FilePtr& file : files) {
    if (file->saved) model.Ended(*file, file->path);
  }
}

void BeginAll(Model& model, const std::vector<FilePtr>& files) {
  for (const FilePtr& file : files) {
    if (!file->saved) continue;
    model.versions.Committed(file->path, file->saved->bytes);
    if (!model.HasWriters(*file)) model.versions.Ended(file->path);
  }
}

void UnlinkSome(Model& model, const std::string& path) {
  const FilePtr file = model.tree.Find(path);
  const Status expected = model.tree.Unlink(path);
  if (!model.Agree(model.mount().Unlink(path), expected, fmt::format("unlink({})", path))) return;
  if (!file->saved) return;
  model.Ended(*file, path);
  if (!model.HasHandles(*file)) model.late.push_back(file);
}

}  // namespace

void MakeDirectory(Model& model) {
  const std::string path = model.RandomPath();
  model.Agree(model.mount().Mkdir(path), model.tree.Add(path, Type::kDirectory, {.mode = 0755}),
              fmt::format("mkdir({})", path));
}

void MakeSymlink(Model& model) {
  const std::string path = model.RandomPath();
  const std::string target = fmt::format("to/{}/{}", path, model.random.Below(100));
  const Status expected = model.tree.Add(path, Type::kSymlink, {.bytes = target, .mode = 0777});
  if (!model.Agree(model.mount().Symlink(target, path), expected, fmt::format("symlink({})", path)))
    return;
  model.versions.Committed(path, target);
  model.versions.Ended(path);
}

void Remove(Model& model) {
  const std::string path = model.RandomPath();
  if (model.random.OneIn(3)) {
    model.Agree(model.mount().Rmdir(path), model.tree.Rmdir(path), fmt::format("rmdir({})", path));
  } else {
    UnlinkSome(model, path);
  }
}

void RenameSome(Model& model) {
  const std::string from = model.RandomPath();
  const std::string to = model.RandomPath();
  // The kernel never asks for a directory to be moved into itself.
  if (to.starts_with(from + "/")) return;
  ReferenceTree& tree = model.tree;
  const bool replace = !model.random.OneIn(4);
  const FilePtr source = tree.Find(from);
  const FilePtr target = tree.Find(to);
  // A file that was not committed yet is, before anything else is looked at.
  if (IsPending(source) && HasParent(tree, to) && (replace || target == nullptr))
    model.Commit(*source);
  const auto moved = FilesAt(tree, from);
  const Status expected =
      tree.Rename(from, to, replace ? ReferenceTree::Replace::kYes : ReferenceTree::Replace::kNo);
  if (expected && from != to) {
    if (target != nullptr && target->type != Type::kDirectory) EndAll(model, {target});
    for (const FilePtr& file : moved) {
      if (file->saved) model.Ended(*file, from + file->path.substr(to.size()));
    }
    BeginAll(model, moved);
  }
  model.Agree(
      model.mount().Rename(from, to, replace ? RenameMode::kReplace : RenameMode::kNoReplace),
      expected, fmt::format("rename({}, {}{})", from, to, replace ? "" : ", no replace"));
}

void ExchangeSome(Model& model) {
  const std::string one = model.RandomPath();
  const std::string other = model.RandomPath();
  if (one.starts_with(other + "/") || other.starts_with(one + "/")) return;
  ReferenceTree& tree = model.tree;
  if (HasParent(tree, one) && HasParent(tree, other)) {
    for (const std::string& path : {one, other}) {
      const FilePtr file = tree.Find(path);
      if (IsPending(file)) model.Commit(*file);
    }
  }
  auto moved = FilesAt(tree, one);
  for (const FilePtr& file : FilesAt(tree, other)) moved.push_back(file);
  const bool both = tree.Find(one) != nullptr && tree.Find(other) != nullptr && one != other;
  if (both) EndAll(model, moved);
  const Status expected = tree.Exchange(one, other);
  if (both) BeginAll(model, moved);
  model.Agree(model.mount().Rename(one, other, RenameMode::kExchange), expected,
              fmt::format("rename exchange({}, {})", one, other));
}

}  // namespace replicafs
