// From a writer to a version: when a file's changes go to the store.
#pragma once

#include "backend/base/result.h"
#include "fs/core/file_system_state.h"

namespace replicafs {

// Commits what the file's writer has, if it has anything. The file must not be locked.
// kExists when another writer took the name of a file that was made with O_EXCL.
Status CommitFile(FileSystemState& state, const NodePtr& node);
Status CommitFileLocked(FileSystemState& state, Node& node) REQUIRES(node.commit_mutex);
// The same only if no store knows the file, for who needs its name there.
Status CommitIfNew(FileSystemState& state, const NodePtr& node);
// The commit itself; kExists as above.
Result<Outcome> ApplyCommit(const FileSystemState& state, BlobStore& store,
                            const CommitBlob& commit);
// The store has what the writer had prepared.
void NoteCommitted(FileSystemState& state, Node& node, FileWriter& writer, const Outcome& outcome,
                   const PreparedCommit& prepared);

// The file's writer, begun with its current content when there is none. kDestination; as
// RefuseWriting.
Result<std::shared_ptr<FileWriter>> StartWriter(FileSystemState& state, Node& node)
    REQUIRES(node.commit_mutex);
// The same, begun with nothing: what a truncation to zero needs.
Result<std::shared_ptr<FileWriter>> StartEmptyWriter(FileSystemState& state, Node& node)
    REQUIRES(node.commit_mutex);
std::shared_ptr<FileWriter> WriterOf(Node& node);

// What the file's writer holds will not reach the store.
void LogLost(const FileSystemState& state, const Node& node, const Error& error);

// Ends the writer when no handle can write any more; what it could not commit is lost, and logged.
void EndWriterIfUnused(FileSystemState& state, Node& node) REQUIRES(node.commit_mutex);
// Before a directory is renamed, which gives the versions below it new ids: what writers of files
// in it have committed is held for who has the files open. REQUIRES: the gate is held exclusively.
void HoldCommittedBelow(FileSystemState& state, const Location& directory);
// The same of a file, where `current` is what another mount made of it: that is what gets the name.
void HoldCommitted(FileSystemState& state, Node& node, VersionId current);
// The file has a new name, and there the version `now` with the content of `before`.
void FileRenamed(Node& node, VersionId before, VersionId now);

}  // namespace replicafs
