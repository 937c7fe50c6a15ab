#include <fmt/format.h>

#include <functional>

#include "tests/model/model.h"
#include "tests/model/operations.h"

namespace replicafs {
namespace {

using Type = ReferenceFile::Type;
using FilePtr = ReferenceTree::FilePtr;

// Makes no version; of a file that waits for its commit it is saved with that.
void Change(ReferenceFile& file, const std::function<void(FileContents&)>& change) {
  change(file.now);
  if (file.dirty) return;
  file.saved = file.now;
  ++file.generation;
}

FilePtr Target(Model& model) {
  const FilePtr file = model.tree.Find(model.RandomPath());
  return file == nullptr || file->type == Type::kSymlink || file->path.empty() ? nullptr : file;
}

}  // namespace

void ChangeAttributes(Model& model) {
  const FilePtr file = Target(model);
  if (file == nullptr) return;
  AttributeChange change;
  if (model.random.OneIn(2)) {
    change.mode = static_cast<mode_t>(model.random.Below(01000));
  } else {
    change.mtime_ns = static_cast<int64_t>(model.random.Below(2'000'000'000'000'000'000));
  }
  model.Agree(model.mount().SetAttributes(file->path, change), Ok(),
              fmt::format("setattr({})", file->path));
  Change(*file, [&](FileContents& contents) {
    if (change.mode) contents.mode = *change.mode;
    if (change.mtime_ns && file->type == Type::kFile) contents.mtime_ns = change.mtime_ns;
  });
}

void ChangeXattr(Model& model) {
  const FilePtr file = Target(model);
  if (file == nullptr) return;
  const std::string name = fmt::format("user.x{}", model.random.Below(3));
  if (!model.random.OneIn(3)) {
    const std::string value = model.random.Bytes().substr(0, 1000);
    model.Agree(model.mount().SetXattr(file->path, name, value), Ok(),
                fmt::format("setxattr({}, {})", file->path, name));
    return Change(*file, [&](FileContents& contents) { contents.xattrs[name] = value; });
  }
  const bool is_there = file->now.xattrs.contains(name);
  const Status expected = is_there ? Ok() : Status(Error{ErrorCode::kNoAttribute, ""});
  model.Agree(model.mount().RemoveXattr(file->path, name), expected,
              fmt::format("removexattr({}, {})", file->path, name));
  if (is_there) Change(*file, [&](FileContents& contents) { contents.xattrs.erase(name); });
}

}  // namespace replicafs
