// close(2) in an account of relaxed durability, which answers before the commit is made. The file's
// writer stays and answers for it until then.
#pragma once

#include <string_view>

#include "backend/base/result.h"
#include "fs/core/file_system_state.h"

namespace replicafs {

// Hands over what the file's writer has. False when that cannot be put off: nothing has happened.
Result<bool> CommitLater(FileSystemState& state, Node& node) REQUIRES(node.commit_mutex);
// What a close does: commits, now or later. Reports what an earlier one could not commit.
Status CommitAtClose(FileSystemState& state, Node& node) REQUIRES(node.commit_mutex);
// Whether all that the file's writer has is in a commit that waits.
bool IsInLateCommit(Node& node, const FileWriter& writer) REQUIRES(node.commit_mutex);
// It was, and then properties of the file were changed: the commit gets them, or another is made.
Status UpdateLateCommit(FileSystemState& state, Node& node) REQUIRES(node.commit_mutex);

// A file that no store knows gets another name in its directory. False when a commit of it that
// waits cannot be made under the new name: nothing has happened. REQUIRES: nothing has the name.
bool RenameLateCommit(FileSystemState& state, Node& node, const Location& to, std::string_view name)
    REQUIRES(node.commit_mutex);

bool HasLateCommit(Node& node);
// Returns when none of the file's commits waits any more.
void SettleFile(Node& node);
// Why a commit that was answered could not be made; told once.
Status TakeLateError(Node& node);
// The name of a file that no store knows goes: what waits is not made. False when it was made
// meanwhile.
bool GiveUpLateCommit(FileSystemState& state, Node& node) REQUIRES(node.commit_mutex);

// A commit that waited was made, or cannot be.
void NoteLateCommit(FileSystemState& state, const LateCommit& commit,
                    const Result<Outcome>& outcome);
// Follows it, once: ends the writer if nobody needs it.
void FinishLateCommit(FileSystemState& state, const NodePtr& node);

}  // namespace replicafs
