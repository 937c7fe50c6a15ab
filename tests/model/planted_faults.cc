#include "tests/model/planted_faults.h"

#include <algorithm>
#include <variant>

namespace replicafs {
namespace {

bool IsRemoval(const Mutation& mutation) {
  return std::holds_alternative<RemoveBlob>(mutation);
}

// A commit at a new name and a removal of the old one.
bool IsRename(const std::vector<Mutation>& mutations) {
  const auto* commit = mutations.empty() ? nullptr : std::get_if<CommitBlob>(&mutations.front());
  return commit != nullptr && std::holds_alternative<ContentOf>(commit->content) &&
         std::any_of(mutations.begin(), mutations.end(), IsRemoval);
}

}  // namespace

std::string ToString(PlantedFault fault) {
  switch (fault) {
    case PlantedFault::kNone: return "none";
    case PlantedFault::kShortCommit: return "short commit";
    case PlantedFault::kOldNameStays: return "old name stays";
    case PlantedFault::kLostVersion: return "lost version";
    case PlantedFault::kForgottenCommit: return "forgotten commit";
    case PlantedFault::kStaleStat: return "stale stat";
    case PlantedFault::kLostTombstone: return "lost tombstone";
  }
  return "";
}

Result<BlobInfo> PlantedStore::Stat(const BlobPath& path, VersionId version) {
  auto info = ForwardingStore::Stat(path, version);
  if (fault_ != PlantedFault::kStaleStat || version || !info) return info;
  MutexLock lock(mutex_);
  const auto [known, is_new] = before_.try_emplace(path.name, *info);
  const bool changed = !is_new && known->second.version != info->version;
  if (changed && Meets()) return known->second;
  known->second = *info;
  return info;
}

Result<std::vector<Outcome>> PlantedStore::Apply(std::vector<Mutation> mutations, uint64_t writer) {
  if (fault_ == PlantedFault::kOldNameStays && IsRename(mutations) && Meets())
    return ApplyWithoutRemovals(std::move(mutations), writer);
  if (fault_ == PlantedFault::kLostTombstone &&
      std::any_of(mutations.begin(), mutations.end(), IsRemoval) && Meets())
    return ApplyWithoutRemovals(std::move(mutations), writer);
  ChangeCommits(mutations);
  if (fault_ == PlantedFault::kForgottenCommit && mutations.size() == 1) {
    const auto* commit = std::get_if<CommitBlob>(&mutations.front());
    const auto current = commit != nullptr ? ForwardingStore::Stat(commit->path, {})
                                           : Result<BlobInfo>(Error{ErrorCode::kNotFound, ""});
    if (current && Meets()) {
      const Outcome outcome{.version = current->version,
                            .etag = current->etag,
                            .last_modified = current->last_modified,
                            .sequence = current->sequence};
      return std::vector<Outcome>{outcome};
    }
  }
  return ForwardingStore::Apply(std::move(mutations), writer);
}

void PlantedStore::ChangeCommits(std::vector<Mutation>& mutations) {
  for (Mutation& mutation : mutations) {
    auto* commit = std::get_if<CommitBlob>(&mutation);
    if (commit == nullptr) continue;
    auto* bytes = std::get_if<std::string>(&commit->content);
    if (bytes == nullptr || bytes->empty()) continue;
    if (fault_ == PlantedFault::kShortCommit && Meets()) bytes->pop_back();
    if (fault_ == PlantedFault::kLostVersion && !commit->replaces && Meets()) {
      const auto current = ForwardingStore::Stat(commit->path, {});
      if (current) commit->replaces = current->version;
    }
  }
}

Result<std::vector<Outcome>> PlantedStore::ApplyWithoutRemovals(std::vector<Mutation> mutations,
                                                                uint64_t writer) {
  std::vector<Mutation> made;
  for (const Mutation& mutation : mutations) {
    if (!IsRemoval(mutation)) made.push_back(mutation);
  }
  const auto outcomes = TRY(ForwardingStore::Apply(std::move(made), writer));
  std::vector<Outcome> all(mutations.size());
  size_t next = 0;
  for (size_t i = 0; i < mutations.size(); ++i) {
    if (!IsRemoval(mutations[i])) all[i] = outcomes[next++];
  }
  return all;
}

}  // namespace replicafs
