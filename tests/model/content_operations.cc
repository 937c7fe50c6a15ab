#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "tests/model/model.h"
#include "tests/model/operations.h"

namespace replicafs {
namespace {

using Type = ReferenceFile::Type;

constexpr size_t kHandlesMax = 6;

// Whether who opens the file now begins another session.
bool IsFlushed(const Model& model, const ReferenceFile& file) {
  const auto& handles = model.handles[model.working];
  return std::none_of(handles.begin(), handles.end(), [&](const ModelHandle& handle) {
    return handle.file.get() == &file && handle.unflushed;
  });
}

void Close(Model& model, size_t index) {
  const ModelHandle handle = model.open()[index];
  model.Agree(model.mount().Close(handle.id), Ok(), fmt::format("close({})", handle.id.value));
  model.open().erase(model.open().begin() + static_cast<std::ptrdiff_t>(index));
  if (!handle.commits) return;
  model.CommitAtClose(*handle.file);
  if (handle.file->linked && !model.HasWriters(*handle.file))
    model.versions.Ended(handle.file->path);
}

}  // namespace

void OpenSome(Model& model) {
  if (model.open().size() >= kHandlesMax) return CloseSome(model);
  Random& random = model.random;
  const std::string path = model.RandomPath();
  static constexpr int kAccess[] = {O_RDONLY, O_WRONLY, O_RDWR, O_RDWR | O_APPEND};
  int flags = kAccess[random.Below(4)] | O_CREAT;
  const int access = flags & O_ACCMODE;
  if (random.OneIn(5)) flags |= O_EXCL;
  if (random.OneIn(4) && access != O_RDONLY) flags |= O_TRUNC;
  const ReferenceTree::FilePtr known = model.tree.Find(path);
  if (known != nullptr && known->type == Type::kSymlink) return;
  Status expected = model.tree.Add(path, Type::kFile, {.mode = 0644});
  const bool is_new = expected.has_value();
  if (!is_new && expected.error().code == ErrorCode::kExists && (flags & O_EXCL) == 0)
    expected = known->type == Type::kDirectory ? Status(Error{ErrorCode::kIsDirectory, ""}) : Ok();
  const auto id = model.mount().Open(path, flags);
  if (!model.Agree(id, expected, fmt::format("open({}, {:o})", path, flags))) return;
  ModelHandle handle{.id = *id,
                     .file = model.tree.Find(path),
                     .can_read = access != O_WRONLY,
                     .can_write = access != O_RDONLY,
                     .appends = (flags & O_APPEND) != 0,
                     .commits = access != O_RDONLY || is_new};
  ReferenceFile& file = *handle.file;
  // What was closed stays; who opens the file after it begins another session.
  if (!is_new && handle.commits && file.saved && IsFlushed(model, file)) model.versions.Ended(path);
  if (is_new) {
    file.saved.reset();
    file.dirty = true;
    handle.unflushed = true;
  } else if ((flags & O_TRUNC) != 0) {
    model.Written(handle, "");
  }
  model.open().push_back(std::move(handle));
}

void WriteSome(Model& model) {
  ModelHandle* handle = model.RandomHandle();
  if (handle == nullptr || !handle->can_write) return;
  const std::string bytes = model.random.Bytes();
  if (bytes.empty()) return;
  std::string content = handle->file->now.bytes;
  const uint64_t offset =
      handle->appends ? content.size() : model.random.Below(content.size() + 500);
  if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size(), '\0');
  content.replace(offset, bytes.size(), bytes);
  model.Written(*handle, std::move(content));
  model.Agree(model.mount().WriteAt(handle->id, handle->appends ? 0 : offset, bytes), Ok(),
              fmt::format("write({}, {} bytes at {})", handle->id.value, bytes.size(), offset));
}

void ReadSome(Model& model) {
  const ModelHandle* handle = model.RandomHandle();
  if (handle == nullptr || !handle->can_read) return;
  const auto bytes = model.mount().ReadAll(handle->id);
  model.Note(fmt::format("read({})", handle->id.value));
  if (model.Expect(bytes, "it is read") && *bytes != handle->file->now.bytes)
    model.Fail(fmt::format("{} bytes, expected {}", bytes->size(), handle->file->now.bytes.size()));
}

void FlushSome(Model& model) {
  ModelHandle* handle = model.RandomHandle();
  if (handle == nullptr) return;
  if (model.random.OneIn(2)) {
    model.Agree(model.mount().fs().Sync(handle->id), Ok(),
                fmt::format("sync({})", handle->id.value));
    return model.Commit(*handle->file);
  }
  model.Agree(model.mount().fs().Flush(handle->id), Ok(),
              fmt::format("flush({})", handle->id.value));
  if (!handle->commits) return;
  model.CommitAtClose(*handle->file);
  handle->unflushed = false;
}

void CloseSome(Model& model) {
  if (!model.open().empty()) Close(model, model.random.Below(model.open().size()));
}

void CloseAll(Model& model) {
  while (!model.open().empty()) Close(model, model.open().size() - 1);
}

void CloseWriters(Model& model) {
  for (size_t index = model.open().size(); index-- > 0;) {
    if (model.open()[index].commits) Close(model, index);
  }
}

void TruncateSome(Model& model) {
  const ReferenceTree::FilePtr file = model.RandomFile();
  if (file == nullptr) return;
  Random& random = model.random;
  const uint64_t size = random.OneIn(3) ? 0 : random.Below(file->now.bytes.size() + 1000);
  std::string content = file->now.bytes;
  content.resize(size, '\0');
  model.Agree(model.mount().SetAttributes(file->path, {.size_bytes = size}), Ok(),
              fmt::format("truncate({}, {})", file->path, size));
  model.Changed(*file, std::move(content));
  // Nobody else will commit it.
  if (model.HasWriters(*file)) return;
  model.CommitAtClose(*file);
  model.versions.Ended(file->path);
}

}  // namespace replicafs
