#include "fs/core/late_maker.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "backend/base/log.h"
#include "fs/core/close_later.h"
#include "fs/core/file_commit.h"
#include "fs/core/remove_ops.h"
#include "fs/core/repeat.h"

namespace replicafs {
namespace {

// What a batch does to one directory.
struct Changed {
  Location location;
  Timestamp time;                 // of the last change
  std::set<std::string> leaving;  // names of blobs
  std::set<std::string> arriving;
};

// By container and prefix.
using Directories = std::map<std::pair<std::string, std::string>, Changed>;

Directories DirectoriesOf(std::span<const LateChange> changes) {
  Directories directories;
  for (const LateChange& change : changes) {
    const Location& location = change.directory;
    Changed& changed = directories[{location.container(), location.prefix()}];
    changed.location = location;
    changed.time = std::max(changed.time, change.time);
    (change.commit ? changed.arriving : changed.leaving).insert(change.blob);
    (change.commit ? changed.leaving : changed.arriving).erase(change.blob);
  }
  return directories;
}

// A directory's time never goes back behind what was changed in it without waiting.
Status RaiseTimes(BlobStore& store, Directories& directories) {
  for (auto& [key, changed] : directories) {
    if (changed.location.is_root) continue;
    const auto prefix = store.StatPrefix({key.first, key.second});
    if (prefix) {
      changed.time = std::max(changed.time, prefix->children_changed);
    } else if (prefix.error().code != ErrorCode::kNotFound) {
      return prefix.error();
    }
  }
  return Ok();
}

Mutation MutationOf(const LateChange& change, Timestamp time) {
  if (!change.commit) {
    return RemoveBlob{
        .path = change.path(), .precondition = {.if_match = change.etag}, .source_time = time};
  }
  CommitBlob commit = change.commit->prepared.commit;
  commit.source_time = time;
  return commit;
}

// All of them, and what keeps the directories that they empty, or nothing.
Status MakeTogether(FileSystemState& state, BlobStore& store, std::span<const LateChange> changes) {
  Directories directories = DirectoriesOf(changes);
  TRY(RaiseTimes(store, directories));
  std::vector<Mutation> mutations;
  for (const LateChange& change : changes) {
    const Location& directory = change.directory;
    mutations.push_back(
        MutationOf(change, directories[{directory.container(), directory.prefix()}].time));
  }
  for (const auto& [key, changed] : directories) {
    if (changed.leaving.empty() || !changed.arriving.empty()) continue;
    auto keep = TRY(KeepDirectory(
        state, store,
        {.directory = changed.location, .leaving = changed.leaving, .time = changed.time}));
    if (keep) mutations.push_back(std::move(*keep));
  }
  const auto outcomes = TRY(state.Apply(store, std::move(mutations)));
  for (size_t i = 0; i < changes.size(); ++i) {
    if (changes[i].commit) NoteLateCommit(state, *changes[i].commit, outcomes[i]);
  }
  return Ok();
}

Status RemoveOne(FileSystemState& state, BlobStore& store, const LateChange& change) {
  return Repeat([&]() -> Status {
    const auto info = store.Stat(change.path());
    const bool gone = !info && info.error().code == ErrorCode::kNotFound;
    if (!gone) {
      TRY(info);
      if (info->etag == change.etag) return MakeTogether(state, store, std::span(&change, 1));
    }
    // Others were there first; the kernel believes what it asked for.
    state.watcher.TellEntry(change.parent, change.name);
    return Ok();
  });
}

// Whether the next change may fare better.
bool IsOfThisFileAlone(ErrorCode code) {
  return code == ErrorCode::kExists || code == ErrorCode::kDestination ||
         code == ErrorCode::kImmutable || code == ErrorCode::kBlobKind ||
         code == ErrorCode::kCustomerKey || code == ErrorCode::kNotFound;
}

// What cannot be committed is logged by who ends the file's writer.
Status CommitOne(FileSystemState& state, BlobStore& store, const LateChange& change) {
  CommitBlob commit = change.commit->prepared.commit;
  commit.source_time = change.time;
  const Result<Outcome> outcome = ApplyCommit(state, store, commit);
  NoteLateCommit(state, *change.commit, outcome);
  if (outcome || IsOfThisFileAlone(outcome.error().code)) return Ok();
  return outcome.error();
}

}  // namespace

Status MakeLateChanges(FileSystemState& state, std::vector<LateChange>& changes) {
  BlobStore& store = changes.front().directory.place->account->account->inner_store();
  if (MakeTogether(state, store, changes)) return Ok();
  // One by one, to find out which.
  Status all = Ok();
  for (const LateChange& change : changes) {
    Status made = change.commit ? CommitOne(state, store, change) : RemoveOne(state, store, change);
    if (made) continue;
    all = made;
    if (change.commit) continue;
    Log(LogLevel::kError, "'{}' was removed, and is there again: {}", ToString(change.path()),
        made.error().message);
    state.watcher.TellEntry(change.parent, change.name);
  }
  return all;
}

}  // namespace replicafs
