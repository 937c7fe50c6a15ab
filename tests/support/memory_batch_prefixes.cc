#include <utility>
#include <variant>

#include "backend/blob/names.h"
#include "tests/support/memory_batch.h"

namespace replicafs {

void MemoryBatch::FindMoves(const std::vector<Mutation>& mutations) {
  for (const Mutation& mutation : mutations) {
    if (const auto* commit = std::get_if<CommitBlob>(&mutation)) leaving_.insert(commit->path);
    if (const auto* remove = std::get_if<RemoveBlob>(&mutation)) leaving_.insert(remove->path);
  }
  for (const Mutation& mutation : mutations) {
    const auto* commit = std::get_if<CommitBlob>(&mutation);
    const auto* from = commit == nullptr ? nullptr : std::get_if<ContentOf>(&commit->content);
    if (from == nullptr || from->path == commit->path || !leaving_.contains(from->path)) continue;
    const auto source = state_.Version(from->path, from->version);
    if (!source || !(*source)->info.is_current) continue;
    if (moved_away_.emplace(from->path, commit->path).second)
      moved_here_[commit->path] = {from->path, (*source)->info.file_id};
  }
}

void MemoryBatch::Appeared(MemoryContainer& container, const std::string& name, Timestamp time) {
  bool name_comes = !container.PrefixLives(name + "/");
  for (size_t slash = name.rfind('/'); slash != std::string::npos;
       slash = slash == 0 ? std::string::npos : name.rfind('/', slash - 1)) {
    const std::string prefix = name.substr(0, slash + 1);
    Save(container.prefixes, prefix);
    MemoryPrefix& record = container.prefixes[prefix];
    if (name_comes) record.children_changed = time;
    const bool comes = record.live_blobs++ == 0;
    const MemoryVersion* beside = container.Current(name.substr(0, slash));
    name_comes = comes && beside == nullptr;
    if (!comes) continue;
    if (beside != nullptr && IsDirectoryMarker(beside->info.properties)) {
      record.file_id = beside->info.file_id;
    } else if (record.file_id == 0) {
      record.file_id = ++state_.last_file_id;
    }
  }
}

void MemoryBatch::Disappeared(MemoryContainer& container, const std::string& name, Timestamp time) {
  bool name_goes = !container.PrefixLives(name + "/");
  for (size_t slash = name.rfind('/'); slash != std::string::npos;
       slash = slash == 0 ? std::string::npos : name.rfind('/', slash - 1)) {
    const std::string prefix = name.substr(0, slash + 1);
    Save(container.prefixes, prefix);
    MemoryPrefix& record = container.prefixes.at(prefix);
    if (name_goes) record.children_changed = time;
    name_goes = --record.live_blobs == 0 && container.Current(name.substr(0, slash)) == nullptr;
  }
}

void MemoryBatch::ForgetFileIdOfDeadPrefix(const Move& move) {
  const auto found = state_.containers.find(move.from.container);
  if (found == state_.containers.end()) return;
  MemoryContainer& container = found->second;
  const std::string prefix = move.from.name + "/";
  const auto record = container.prefixes.find(prefix);
  if (record == container.prefixes.end() || record->second.live_blobs > 0 ||
      record->second.file_id != move.file_id) {
    return;
  }
  Save(container.prefixes, prefix);
  container.prefixes.at(prefix).file_id = 0;
}

void MemoryBatch::ShareFileIdWithPrefix(MemoryContainer& container, const BlobInfo& info) {
  const std::string prefix = info.name + "/";
  if (!container.PrefixLives(prefix)) return;
  Save(container.prefixes, prefix);
  container.prefixes.at(prefix).file_id = info.file_id;
}

Result<Outcome> MemoryBatch::Do(const RenamePrefix& mutation) {
  const std::string& from = mutation.from;
  const std::string& to = mutation.to;
  MemoryContainer* container = TRY(Container(mutation.container));
  if (!container->info.destination_policy_id.empty()) {
    return Error{ErrorCode::kDestination, "the container '" + mutation.container +
                                              "' is the destination of policy " +
                                              container->info.destination_policy_id};
  }
  if (!container->PrefixLives(from))
    return Error{ErrorCode::kNotFound, "nothing lives below '" + from + "'"};
  if (container->PrefixLives(to))
    return Error{ErrorCode::kNotEmpty, "something lives below '" + to + "'"};

  std::map<std::string, MemoryPrefix> moving;  // by the old name
  for (auto record = container->prefixes.lower_bound(from);
       record != container->prefixes.end() && record->first.starts_with(from); ++record) {
    if (record->second.live_blobs > 0) moving.insert(*record);
  }
  std::vector<std::string> names;
  for (auto blob = container->blobs.lower_bound(from);
       blob != container->blobs.end() && blob->first.starts_with(from); ++blob) {
    if (blob->second.current) names.push_back(blob->first);
  }
  for (const std::string& name : names)
    TRY(ValidateBlobName(to + name.substr(from.size()), capabilities_.names));

  Outcome outcome;
  for (const std::string& name : names)
    outcome = MoveBlob(*container, name, to + name.substr(from.size()));
  // A marker that stays behind keeps the file id that it shares with the directory.
  const auto marker_stays = [&](const std::string& prefix) {
    const std::string name = prefix.substr(0, prefix.size() - 1);
    const MemoryVersion* marker = container->Current(name);
    return marker != nullptr && IsDirectoryMarker(marker->info.properties) &&
           !leaving_.contains({mutation.container, name});
  };
  const bool top_keeps_file_id = marker_stays(from) || marker_stays(to);
  for (const auto& [old_name, old] : moving) {
    const std::string new_name = to + old_name.substr(from.size());
    Save(container->prefixes, old_name);
    Save(container->prefixes, new_name);
    MemoryPrefix& moved = container->prefixes.at(new_name);
    moved.children_changed = old.children_changed;
    if (old_name != from || !top_keeps_file_id) moved.file_id = old.file_id;
    container->prefixes.at(old_name).file_id = 0;
  }
  return outcome;
}

Outcome MemoryBatch::MoveBlob(MemoryContainer& container, const std::string& from,
                              const std::string& to) {
  const MemoryVersion source = *container.Current(from);
  const Timestamp now = NextTick();
  NewVersion added{.content = source.content, .children_changed = now, .other_name = from};
  added.info.name = to;
  added.info.version = VersionId{now.ticks};
  added.info.created = now;
  added.info.file_id = source.info.file_id;
  added.info.properties = source.info.properties;
  AddVersion(container, std::move(added));
  return EndCurrent(container, from, {}, to);
}

}  // namespace replicafs
