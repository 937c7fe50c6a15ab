#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "tests/model/model.h"
#include "tests/model/operations.h"

namespace replicafs {
namespace {

using FilePtr = ReferenceTree::FilePtr;

// What was not committed is gone, and what was held has ended.
void ForgetUnsaved(Model& model) {
  for (const ModelHandle& handle : model.open()) {
    if (handle.file->linked && handle.file->saved) model.versions.Ended(handle.file->path);
  }
  model.ForgetHandles(model.working);
  std::vector<FilePtr> unsaved;
  for (const auto& [path, file] : model.tree.files()) {
    if (!path.empty() && !file->saved) unsaved.push_back(file);
  }
  for (const FilePtr& file : unsaved) model.tree.Forget(file);
}

std::optional<std::string> DifferenceOf(const ReferenceFile& file, const ObservedTree& observed) {
  return Difference({.type = file.type, .contents = &*file.saved}, observed.at(file.path));
}

// Something has the name of the removal at `index`: whether that is what took it afterwards, and was
// removed too.
bool WasMade(const std::vector<FilePtr>& late, size_t index, const ObservedTree& observed) {
  const std::string& path = late[index]->path;
  return std::any_of(late.begin() + static_cast<std::ptrdiff_t>(index) + 1, late.end(),
                     [&](const FilePtr& file) {
                       return file->path == path && !DifferenceOf(*file, observed);
                     });
}

// Of the removals that were answered early the first ones were made, up to any of them. Those that
// were not are given back to the tree.
void GiveBackLate(Model& model, const ObservedTree& observed, std::vector<std::string>& extra) {
  bool one_is_left = false;
  for (size_t index = 0; index < model.late.size(); ++index) {
    const FilePtr& file = model.late[index];
    const auto at = std::find(extra.begin(), extra.end(), file->path);
    if (at == extra.end() || WasMade(model.late, index, observed)) {
      if (one_is_left && model.tree.Find(file->path) == nullptr)
        return model.Fail("'" + file->path + "' was removed before what was removed earlier");
      continue;
    }
    one_is_left = true;
    if (const auto difference = DifferenceOf(*file, observed))
      return model.Fail("'" + file->path + "', which is there again, " + *difference);
    model.Expect(model.tree.Add(file->path, file->type, *file->saved), "a removed name comes back");
    extra.erase(at);
  }
  model.late.clear();
}

// What was dirty is what it was before, its attributes as they are found.
void Revert(Model& model, const ObservedTree& observed) {
  for (const auto& [path, file] : model.tree.files()) {
    if (!file->dirty) continue;
    const FileContents& found = observed.at(path).contents;
    file->saved->mode = found.mode;
    file->saved->xattrs = found.xattrs;
    file->saved->mtime_ns.reset();
    file->now = *file->saved;
    file->dirty = false;
    ++file->generation;
  }
}

}  // namespace

void SettleMount(Model& model) {
  model.mount().fs().Settle();
  model.Note("settle");
  model.Settled();
}

void RemountSome(Model& model) {
  if (model.random.OneIn(2)) CloseAll(model);
  model.mount().Remount();
  model.Note("remount");
  for (const ModelHandle& handle : model.open()) {
    model.Commit(*handle.file);
    if (handle.file->linked) model.versions.Ended(handle.file->path);
  }
  model.ForgetHandles(model.working);
  model.Settled();
}

void CrashMount(Model& model) {
  if (model.is_relaxed()) SettleMount(model);
  model.mount().Crash();
  model.Note("crash");
  ForgetUnsaved(model);
  const auto observed = Observe(model.mount());
  if (!model.Expect(observed, "everything is read")) return;
  std::vector<std::string> extra;
  if (const auto difference = Difference(ExpectedOf(model.tree, View::kOthers), *observed, extra))
    return model.Fail(*difference);
  GiveBackLate(model, *observed, extra);
  if (!extra.empty()) return model.Fail("'" + extra.front() + "' came back");
  if (!model.problem()) Revert(model, *observed);
}

void CompareOtherMount(Model& model) {
  SettleMount(model);
  const auto observed = Observe(model.world.mount(1 - model.working));
  if (!model.Expect(observed, "everything is read in the other mount")) return;
  std::vector<std::string> extra;
  if (const auto difference = Difference(ExpectedOf(model.tree, View::kOthers), *observed, extra))
    return model.Fail("in the other mount " + *difference);
  if (!extra.empty()) model.Fail("in the other mount '" + extra.front() + "' is there");
}

void WorkInTheOtherMount(Model& model) {
  // A mount shows what it has open for writing as it has it, whatever others commit.
  CloseWriters(model);
  for (ModelHandle& handle : model.open()) {
    handle.pinned = handle.file->now.bytes;
    handle.generation = handle.file->generation;
  }
  SettleMount(model);
  model.working = 1 - model.working;
  model.Note(fmt::format("work in mount {}", model.working));
  std::erase_if(model.open(), [&](const ModelHandle& handle) {
    if (handle.can_read) {
      const auto bytes = model.mount().ReadAll(handle.id);
      if (model.Expect(bytes, "an open file is read") && *bytes != handle.pinned)
        model.Fail(fmt::format("handle {} does not keep its version", handle.id.value));
    }
    if (handle.file->generation == handle.generation) return false;
    model.Agree(model.mount().Close(handle.id), Ok(),
                fmt::format("close({}) of what others have changed", handle.id.value));
    return true;
  });
}

}  // namespace replicafs
