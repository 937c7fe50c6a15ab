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

void MemoryBatch::NameChanged(MemoryContainer& container, const std::string& name, Timestamp time) {
  const size_t slash = name.rfind('/');
  if (slash == std::string::npos) return;
  const std::string prefix = name.substr(0, slash + 1);
  Save(container.prefixes, prefix);
  container.prefixes.at(prefix).children_changed = time;
}

Result<MemoryContainer*> MemoryBatch::ContainerToMoveIn(const std::string& name) {
  MemoryContainer* container = TRY(Container(name));
  const std::string& policy = container->info.destination_policy_id;
  if (policy.empty()) return container;
  return Error{ErrorCode::kDestination,
               "the container '" + name + "' is the destination of policy " + policy};
}

Result<std::set<std::string>> MemoryBatch::NamesBelow(const MemoryContainer& container,
                                                      const std::string& prefix) const {
  if (!container.PrefixLives(prefix))
    return Error{ErrorCode::kNotFound, "nothing lives below '" + prefix + "'"};
  std::set<std::string> names;
  for (auto blob = container.blobs.lower_bound(prefix);
       blob != container.blobs.end() && blob->first.starts_with(prefix); ++blob) {
    if (blob->second.current) names.insert(blob->first.substr(prefix.size()));
  }
  return names;
}

MemoryBatch::Prefixes MemoryBatch::PrefixesAtAndBelow(const MemoryContainer& container,
                                                      const std::string& prefix) {
  Prefixes prefixes;
  for (auto record = container.prefixes.lower_bound(prefix);
       record != container.prefixes.end() && record->first.starts_with(prefix); ++record) {
    if (record->second.live_blobs > 0)
      prefixes.emplace(record->first.substr(prefix.size()), record->second);
  }
  return prefixes;
}

Status MemoryBatch::ValidateNames(const std::string& prefix,
                                  const std::set<std::string>& names) const {
  for (const std::string& name : names) TRY(ValidateBlobName(prefix + name, capabilities_.names));
  return Ok();
}

Result<Outcome> MemoryBatch::Do(const RenamePrefix& mutation) {
  const auto& [container_name, from, to] = mutation;
  MemoryContainer* container = TRY(ContainerToMoveIn(container_name));
  const std::set<std::string> names = TRY(NamesBelow(*container, from));
  if (container->PrefixLives(to))
    return Error{ErrorCode::kNotEmpty, "something lives below '" + to + "'"};
  TRY(ValidateNames(to, names));
  TRY(CheckMovable(*container, from, names));

  const Prefixes moving = PrefixesAtAndBelow(*container, from);
  Outcome outcome;
  for (const std::string& name : names) outcome = MoveBlob(*container, from + name, to + name);
  CarryPrefixes(*container, moving, from, to);
  return outcome;
}

Result<Outcome> MemoryBatch::Do(const ExchangePrefixes& mutation) {
  const auto& [container_name, first, second] = mutation;
  MemoryContainer* container = TRY(ContainerToMoveIn(container_name));
  const std::set<std::string> below_first = TRY(NamesBelow(*container, first));
  const std::set<std::string> below_second = TRY(NamesBelow(*container, second));
  TRY(ValidateNames(second, below_first));
  TRY(ValidateNames(first, below_second));
  TRY(CheckMovable(*container, first, below_first));
  TRY(CheckMovable(*container, second, below_second));
  for (const std::string& name : below_first) {
    if (!below_second.contains(name)) continue;
    TRY(CheckSameKind(container->Current(second + name)->info.kind,
                      container->Current(first + name)->info.kind, second + name));
  }

  const Prefixes of_first = PrefixesAtAndBelow(*container, first);
  const Prefixes of_second = PrefixesAtAndBelow(*container, second);
  std::set<std::string> names = below_first;
  names.insert(below_second.begin(), below_second.end());
  Outcome outcome;
  for (const std::string& name : names) {
    if (!below_second.contains(name)) {
      outcome = MoveBlob(*container, first + name, second + name);
    } else if (!below_first.contains(name)) {
      outcome = MoveBlob(*container, second + name, first + name);
    } else {
      const MemoryVersion one = *container->Current(first + name);
      const MemoryVersion other = *container->Current(second + name);
      AddMoved(*container, one, second + name);
      outcome = AddMoved(*container, other, first + name);
    }
  }
  CarryPrefixes(*container, of_first, first, second);
  CarryPrefixes(*container, of_second, second, first);
  for (const std::string& prefix : {first, second})
    NameChanged(*container, prefix.substr(0, prefix.size() - 1), Timestamp{state_.last_ticks});
  return outcome;
}

// The records of prefixes go with what lives in them. A marker that stays behind keeps the file id
// that it shares with the directory.
void MemoryBatch::CarryPrefixes(MemoryContainer& container, const Prefixes& moving,
                                const std::string& from, const std::string& to) {
  const auto marker_stays = [&](const std::string& prefix) {
    const std::string name = prefix.substr(0, prefix.size() - 1);
    const MemoryVersion* marker = container.Current(name);
    return marker != nullptr && IsDirectoryMarker(marker->info.properties) &&
           !leaving_.contains({container.info.name, name});
  };
  const bool top_keeps_file_id = marker_stays(from) || marker_stays(to);
  for (const auto& [name, old] : moving) {
    Save(container.prefixes, from + name);
    Save(container.prefixes, to + name);
    MemoryPrefix& moved = container.prefixes.at(to + name);
    moved.children_changed = old.children_changed;
    if (!name.empty() || !top_keeps_file_id) moved.file_id = old.file_id;
    if (!container.PrefixLives(from + name)) container.prefixes.at(from + name).file_id = 0;
  }
}

Outcome MemoryBatch::MoveBlob(MemoryContainer& container, const std::string& from,
                              const std::string& to) {
  AddMoved(container, *container.Current(from), to);
  return EndCurrent(container, from, {}, to);
}

Outcome MemoryBatch::AddMoved(MemoryContainer& container, const MemoryVersion& source,
                              const std::string& to) {
  const Timestamp now = NextTick();
  const MemoryVersion* current = container.Current(to);
  NewVersion added{
      .content = source.content, .children_changed = now, .other_name = source.info.name};
  added.info.name = to;
  added.info.version = VersionId{now.ticks};
  added.info.created = current != nullptr ? current->info.created : now;
  added.info.file_id = source.info.file_id;
  added.info.kind = source.info.kind;
  added.info.properties = source.info.properties;
  added.info.rehydration = source.info.rehydration;
  return AddVersion(container, std::move(added));
}

}  // namespace replicafs
