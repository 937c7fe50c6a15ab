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
    if (moved_away_.insert(from->path).second) {
      moved_here_.emplace(commit->path, (*source)->info.file_id);
    }
  }
}

void MemoryBatch::Appeared(MemoryContainer& container, const std::string& name, Timestamp time) {
  bool child_appears = true;
  for (size_t slash = name.rfind('/'); slash != std::string::npos;
       slash = slash == 0 ? std::string::npos : name.rfind('/', slash - 1)) {
    const std::string prefix = name.substr(0, slash + 1);
    Save(container.prefixes, prefix);
    MemoryPrefix& record = container.prefixes[prefix];
    if (child_appears) record.children_changed = time;
    child_appears = record.live_blobs++ == 0;
    if (!child_appears) continue;
    const MemoryVersion* marker = container.Current(name.substr(0, slash));
    record.file_id = marker != nullptr && IsDirectoryMarker(marker->info.properties)
                         ? marker->info.file_id
                         : ++state_.last_file_id;
  }
}

void MemoryBatch::Disappeared(MemoryContainer& container, const std::string& name, Timestamp time) {
  bool child_disappears = true;
  for (size_t slash = name.rfind('/'); slash != std::string::npos;
       slash = slash == 0 ? std::string::npos : name.rfind('/', slash - 1)) {
    const std::string prefix = name.substr(0, slash + 1);
    Save(container.prefixes, prefix);
    MemoryPrefix& record = container.prefixes.at(prefix);
    if (child_disappears) record.children_changed = time;
    child_disappears = --record.live_blobs == 0;
    if (child_disappears) record.file_id = 0;
  }
}

void MemoryBatch::ShareFileIdWithPrefix(MemoryContainer& container, const BlobInfo& info) {
  const std::string prefix = info.name + "/";
  if (!container.PrefixLives(prefix)) return;
  Save(container.prefixes, prefix);
  container.prefixes.at(prefix).file_id = info.file_id;
}

Result<Outcome> MemoryBatch::Do(const RenamePrefix& mutation) {
  const auto& [container_name, from, to] = mutation;
  if (!from.ends_with('/') || !to.ends_with('/') || to.starts_with(from))
    return Error{ErrorCode::kInvalid, "'" + from + "' cannot be renamed to '" + to + "'"};
  MemoryContainer* container = TRY(Container(container_name));
  if (!container->info.destination_policy_id.empty()) {
    return Error{ErrorCode::kDestination, "the container '" + container_name +
                                              "' is the destination of policy " +
                                              container->info.destination_policy_id};
  }
  if (!container->PrefixLives(from))
    return Error{ErrorCode::kNotFound, "nothing lives below '" + from + "'"};
  if (container->PrefixLives(to))
    return Error{ErrorCode::kNotEmpty, "something lives below '" + to + "'"};

  std::map<std::string, uint64_t> prefix_file_ids;
  for (auto record = container->prefixes.lower_bound(from);
       record != container->prefixes.end() && record->first.starts_with(from); ++record) {
    if (record->second.live_blobs > 0)
      prefix_file_ids[to + record->first.substr(from.size())] = record->second.file_id;
  }
  std::vector<std::string> names;
  for (auto blob = container->blobs.lower_bound(from);
       blob != container->blobs.end() && blob->first.starts_with(from); ++blob) {
    if (blob->second.current) names.push_back(blob->first);
  }
  for (const std::string& name : names) TRY(ValidateBlobName(to + name.substr(from.size())));

  Outcome outcome;
  for (const std::string& name : names)
    outcome = Move(*container, name, to + name.substr(from.size()));
  // A marker that stays behind keeps the file id that it shares with the directory.
  const auto marker_stays = [&](const std::string& prefix) {
    const std::string name = prefix.substr(0, prefix.size() - 1);
    const MemoryVersion* marker = container->Current(name);
    return marker != nullptr && IsDirectoryMarker(marker->info.properties) &&
           !leaving_.contains({container_name, name});
  };
  if (marker_stays(from) || marker_stays(to)) prefix_file_ids.erase(to);
  for (const auto& [prefix, file_id] : prefix_file_ids) {
    Save(container->prefixes, prefix);
    container->prefixes.at(prefix).file_id = file_id;
  }
  return outcome;
}

Outcome MemoryBatch::Move(MemoryContainer& container, const std::string& from,
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
