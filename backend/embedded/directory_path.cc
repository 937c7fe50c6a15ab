#include "backend/embedded/directory_path.h"

#include "backend/embedded/keys.h"
#include "backend/embedded/lookup.h"
#include "backend/embedded/marker.h"
#include "backend/embedded/rows.h"

namespace replicafs::embedded {
namespace {

std::string_view WithoutSlash(const std::string& component) {
  return std::string_view(component).substr(0, component.size() - 1);
}

// `by` is 1 or -1.
Status CountBy(uint64_t& count, int by, const std::string& what) {
  if (by < 0 && count == 0) return Error{ErrorCode::kCorrupt, what + " counts too few children"};
  count += static_cast<uint64_t>(int64_t{by});
  return Ok();
}

Shown ShownBeside(const std::optional<VersionRecord>& blob) {
  return {.name = !blob, .directory = !(blob && IsMarker(blob->properties))};
}

// The blob beside a directory notes whether the directory lives.
Status SetHasPrefix(Change& change, uint64_t parent_id, VersionRecord& blob,
                    std::string_view component, bool has_prefix) {
  blob.has_prefix = has_prefix;
  return change.tables.entries.Put(change.transaction, EntryKey(parent_id, component),
                                   Encode(blob));
}

Result<bool> HasRowsOf(const Change& change, const Table& table, uint64_t directory_id) {
  auto cursor = TRY(Cursor::Open(change.transaction, table));
  const bool found = TRY(cursor.Seek(NumberKey(directory_id)));
  return found && NumberOf(cursor.key()) == directory_id;
}

}  // namespace

Result<DirectoryPath> DirectoryPath::Find(const Change& change, uint64_t root_id,
                                          const BlobPath& directory) {
  DirectoryPath path(directory.container, root_id);
  std::string_view name = directory.name;
  uint64_t parent_id = root_id;
  while (!name.empty()) {
    Step step{.parent_id = parent_id, .component = std::string(TakeComponent(name))};
    if (parent_id != 0) {
      const auto found = TRY(FindChildDirectory(change.transaction, change.tables, parent_id,
                                                step.component, ListScope::kAll));
      if (found) {
        step.record = found->record;
        step.live = found->live;
      }
    }
    parent_id = step.record.directory_id;
    path.steps_.push_back(std::move(step));
  }
  return path;
}

uint64_t DirectoryPath::directory_id() const {
  REPLICAFS_CHECK(exists());
  return steps_.empty() ? root_id_ : steps_.back().record.directory_id;
}

void DirectoryPath::Allocate(Change& change) {
  uint64_t parent_id = root_id_;
  for (Step& step : steps_) {
    step.parent_id = parent_id;
    if (step.record.directory_id == 0)
      step.record.directory_id = change.counters.next_directory_id++;
    parent_id = step.record.directory_id;
  }
}

Status DirectoryPath::AddLiveChild(Change& change, Timestamp changed, Shown shown) {
  for (size_t i = steps_.size(); i-- > 0;) {
    Step& step = steps_[i];
    ++step.record.live_count;
    if (shown.name) step.record.children_changed = changed;
    if (shown.directory) ++step.record.subdirectories;
    const bool raised = !step.live;
    if (raised) shown = TRY(Raise(change, step));
    TRY(change.tables.entries.Put(change.transaction, EntryKey(step.parent_id, step.component),
                                  Encode(step.record)));
    if (!raised) return Ok();
  }
  return shown.directory ? CountAtRoot(change, 1) : Ok();
}

Status DirectoryPath::RemoveLiveChild(Change& change, Timestamp changed, Shown shown) {
  for (size_t i = steps_.size(); i-- > 0;) {
    Step& step = steps_[i];
    const std::string what = "directory '" + step.component + "'";
    TRY(CountBy(step.record.live_count, -1, what));
    if (shown.name) step.record.children_changed = changed;
    if (shown.directory) TRY(CountBy(step.record.subdirectories, -1, what));
    if (step.record.live_count > 0) {
      return change.tables.entries.Put(change.transaction, EntryKey(step.parent_id, step.component),
                                       Encode(step.record));
    }
    shown = TRY(Bury(change, step));
  }
  return shown.directory ? CountAtRoot(change, -1) : Ok();
}

Status DirectoryPath::NameChanged(Change& change, Timestamp changed) {
  if (steps_.empty()) return Ok();
  Step& step = steps_.back();
  step.record.children_changed = changed;
  return change.tables.entries.Put(change.transaction, EntryKey(step.parent_id, step.component),
                                   Encode(step.record));
}

Status DirectoryPath::CountSubdirectory(Change& change, int by) {
  if (steps_.empty()) return CountAtRoot(change, by);
  Step& step = steps_.back();
  TRY(CountBy(step.record.subdirectories, by, "directory '" + step.component + "'"));
  return change.tables.entries.Put(change.transaction, EntryKey(step.parent_id, step.component),
                                   Encode(step.record));
}

Status DirectoryPath::CountAtRoot(Change& change, int by) {
  ContainerRecord record = TRY(FindContainer(change.transaction, change.tables, container_));
  TRY(CountBy(record.subdirectories, by, "container '" + container_ + "'"));
  return change.tables.containers.Put(change.transaction, container_, Encode(record));
}

Result<Shown> DirectoryPath::Raise(Change& change, Step& step) {
  step.live = true;
  TRY(change.tables.graves.Delete(change.transaction, EntryKey(step.parent_id, step.component)));
  const std::string_view name = WithoutSlash(step.component);
  auto blob = TRY(FindCurrent(change.transaction, change.tables, step.parent_id, name));
  step.record.has_blob = blob.has_value();
  if (blob && IsMarker(blob->properties)) {
    step.record.file_id = blob->file_id;
  } else if (step.record.file_id == 0) {
    step.record.file_id = change.NewFileId();
  }
  if (blob) TRY(SetHasPrefix(change, step.parent_id, *blob, name, true));
  return ShownBeside(blob);
}

Result<Shown> DirectoryPath::Bury(Change& change, Step& step) {
  step.live = false;
  const std::string key = EntryKey(step.parent_id, step.component);
  TRY(change.tables.entries.Delete(change.transaction, key));
  step.record.has_blob = false;
  TRY(change.tables.graves.Put(change.transaction, key, Encode(step.record)));
  const std::string_view name = WithoutSlash(step.component);
  auto blob = TRY(FindCurrent(change.transaction, change.tables, step.parent_id, name));
  if (blob) TRY(SetHasPrefix(change, step.parent_id, *blob, name, false));
  return ShownBeside(blob);
}

Status DirectoryPath::Prune(Change& change) {
  while (!steps_.empty() && !steps_.back().live) {
    const uint64_t id = steps_.back().record.directory_id;
    const bool versions = TRY(HasRowsOf(change, change.tables.versions, id));
    const bool graves = TRY(HasRowsOf(change, change.tables.graves, id));
    if (versions || graves) break;
    TRY(change.tables.graves.Delete(change.transaction,
                                    EntryKey(steps_.back().parent_id, steps_.back().component)));
    steps_.pop_back();
  }
  return Ok();
}

}  // namespace replicafs::embedded
