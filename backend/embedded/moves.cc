#include "backend/embedded/moves.h"

#include "backend/embedded/lookup.h"

namespace replicafs::embedded {

Result<Moves> Moves::Find(const lmdb::Transaction& transaction, const Tables& tables,
                          const std::vector<Mutation>& mutations) {
  Moves moves;
  if (mutations.size() < 2) return moves;
  for (const Mutation& mutation : mutations) {
    if (const auto* commit = std::get_if<CommitBlob>(&mutation)) moves.leaving.insert(commit->path);
    if (const auto* removal = std::get_if<RemoveBlob>(&mutation))
      moves.leaving.insert(removal->path);
  }
  for (const Mutation& mutation : mutations) {
    const auto* commit = std::get_if<CommitBlob>(&mutation);
    const auto* source = commit != nullptr ? std::get_if<ContentOf>(&commit->content) : nullptr;
    if (source == nullptr || source->path == commit->path || !moves.leaving.contains(source->path))
      continue;
    const auto record = FindVersion(transaction, tables, source->path, source->version);
    // A source that is missing is the commit's failure, should it come to that.
    if (!record && record.error().code == ErrorCode::kNotFound) continue;
    if (!record) return record.error();
    if (record->ended.ticks != 0) continue;
    if (moves.departing.emplace(source->path, commit->path).second)
      moves.arriving[commit->path] = Move{source->path, record->file_id};
  }
  return moves;
}

}  // namespace replicafs::embedded
