#include "fs/core/file_commit.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "backend/base/log.h"
#include "fs/core/close_later.h"

namespace replicafs {
namespace {

enum class Begins { kEmpty, kWithBase };

void SetWriter(Node& node, std::shared_ptr<FileWriter> writer, Begins begins) {
  const VersionId base = writer->Info().version;
  MutexLock lock(node.file_mutex);
  FileState& file = node.file;
  const bool other_cached = file.cached_version && file.cached_version != base;
  const bool other_read = file.readers > 0 && file.read_version && file.read_version != base;
  file.cache_is_mixed = begins == Begins::kWithBase && (other_cached || other_read);
  file.writer = std::move(writer);
}

Result<std::shared_ptr<BlobReader>> OpenCurrent(const Location& location, Node& node) {
  if (node.unlinked) {
    MutexLock lock(node.file_mutex);
    if (node.file.orphan_reader != nullptr) return node.file.orphan_reader;
    return Error{ErrorCode::kStale, "the file was removed"};
  }
  auto opened = location.store().Open(location.path());
  if (!opened && opened.error().code == ErrorCode::kNotFound)
    return Error{ErrorCode::kStale, std::move(opened).error().message};
  return std::shared_ptr<BlobReader>(TRY(std::move(opened)));
}

// What the writer leaves to who has the file open; nullptr: nothing was ever committed.
std::shared_ptr<BlobReader> OpenLeft(FileSystemState& state, Node& node, const FileWriter& writer) {
  if (auto held = writer.held()) return held;
  const VersionId committed = writer.committed();
  const VersionId version = committed ? committed : writer.Info().version;
  if (!version) return nullptr;
  const Location location = state.nodes->LocationOf(node);
  auto opened = location.store().Open(location.path(), version);
  return opened ? std::move(*opened) : nullptr;
}

// The one that there is. What was closed and waits for its commit stays a version of its own.
std::shared_ptr<FileWriter> WriterToGoOn(Node& node) {
  MutexLock lock(node.file_mutex);
  const auto& writer = node.file.writer;
  if (writer != nullptr && node.file.write_handles == 0) writer->BeginSession();
  return writer;
}

}  // namespace

std::shared_ptr<FileWriter> WriterOf(Node& node) {
  MutexLock lock(node.file_mutex);
  return node.file.writer;
}

Result<std::shared_ptr<FileWriter>> StartWriter(FileSystemState& state, Node& node) {
  if (auto writer = WriterToGoOn(node)) return writer;
  const Location location = state.nodes->LocationOf(node);
  TRY(RefuseDestination(location));
  auto base = TRY(OpenCurrent(location, node));
  if (!node.unlinked) TRY(RefuseWritingInto(state, location, base->info()));
  auto writer = std::make_shared<FileWriter>(location.store(), state.write_pool, std::move(base));
  SetWriter(node, writer, Begins::kWithBase);
  return writer;
}

Result<std::shared_ptr<FileWriter>> StartEmptyWriter(FileSystemState& state, Node& node) {
  if (auto writer = WriterToGoOn(node)) return writer;
  if (node.unlinked) return StartWriter(state, node);
  const Location location = state.nodes->LocationOf(node);
  TRY(RefuseDestination(location));
  const BlobInfo info = TRY(location.store().Stat(location.path()));
  TRY(RefuseWriting(state, location, info));
  auto writer =
      std::make_shared<FileWriter>(location.store(), state.write_pool, info, Precondition{});
  SetWriter(node, writer, Begins::kEmpty);
  return writer;
}

Status CommitFile(FileSystemState& state, const NodePtr& node) {
  MutexLock lock(node->commit_mutex);
  return CommitFileLocked(state, *node);
}

Status CommitIfNew(FileSystemState& state, const NodePtr& node) {
  MutexLock lock(node->commit_mutex);
  SettleFile(*node);
  return node->pending ? CommitFileLocked(state, *node) : Ok();
}

Status CommitFileLocked(FileSystemState& state, Node& node) {
  SettleFile(node);
  const auto writer = WriterOf(node);
  if (writer == nullptr || node.unlinked || !writer->NeedsCommit()) return Ok();
  // In its place among those that wait.
  const bool is_late = TRY(CommitLater(state, node));
  if (is_late) {
    SettleFile(node);
    return TakeLateError(node);
  }
  // Staging may take long; only the commit itself must know where the file lies.
  PreparedCommit prepared = TRY(writer->PrepareCommit());

  const NamespaceGate::Shared gate(state.gate);
  if (node.unlinked) return Ok();
  const Location location = state.nodes->LocationOf(node);
  prepared.commit.path = location.path();
  const Outcome outcome = TRY(ApplyCommit(state, location.store(), prepared.commit));
  NoteCommitted(state, node, *writer, outcome, prepared);
  node.account->late().Retry();
  return Ok();
}

Result<Outcome> ApplyCommit(const FileSystemState& state, BlobStore& store,
                            const CommitBlob& commit) {
  auto applied = state.Apply(store, {commit});
  if (!applied && applied.error().code == ErrorCode::kPrecondition &&
      commit.precondition.if_none_match) {
    return Error{ErrorCode::kExists,
                 fmt::format("'{}' was made by another writer meanwhile", ToString(commit.path))};
  }
  const auto outcomes = TRY(std::move(applied));
  return outcomes[0];
}

void NoteCommitted(FileSystemState& state, Node& node, FileWriter& writer, const Outcome& outcome,
                   const PreparedCommit& prepared) {
  writer.Committed(outcome, prepared);
  state.nodes->ClearPending(node);
  // What could not be committed before is in it.
  MutexLock lock(node.file_mutex);
  node.file.late_error.reset();
}

void LogLost(const FileSystemState& state, const Node& node, const Error& error) {
  Log(LogLevel::kError, "'{}': what was written to it is LOST: {}",
      state.nodes->LocationOf(node).name, error.message);
}

void EndWriterIfUnused(FileSystemState& state, Node& node) {
  std::shared_ptr<FileWriter> writer;
  Status committed = Ok();
  {
    MutexLock lock(node.file_mutex);
    if (node.file.write_handles > 0 || node.file.writer == nullptr) return;
    // Only the writer has what an unlinked file holds.
    if (node.unlinked && node.file.handles > 0) return;
    // It ends when what waits has been made.
    if (node.file.late_commits > 0) return;
    writer = node.file.writer;
    if (writer->NeedsCommit() && node.file.late_error) committed = *node.file.late_error;
  }
  if (committed) committed = CommitFileLocked(state, node);
  if (!committed) LogLost(state, node, committed.error());
  for (bool is_open = false;; is_open = true) {
    std::shared_ptr<BlobReader> left = is_open ? OpenLeft(state, node, *writer) : nullptr;
    MutexLock lock(node.file_mutex);
    if (node.file.write_handles > 0) return;
    if (node.file.handles > 0 && !is_open) continue;
    ++node.file.writer_epoch;
    node.file.left_by_writer = std::move(left);
    if (writer->committed()) node.file.read_version = writer->committed();
    const bool is_cached = committed && !node.file.cache_is_mixed;
    node.file.cached_version = is_cached ? writer->committed() : VersionId();
    node.file.cache_is_mixed = false;
    node.file.writer.reset();
    break;
  }
  if (!committed) {
    // The kernel still shows what is lost.
    state.watcher.TellNode(node.id);
    const NodePtr parent = state.nodes->ParentOf(node);
    if (node.pending && parent != nullptr)
      state.watcher.TellEntry(parent->id, state.nodes->NameOf(node));
  }
  if (node.pending) {
    node.unlinked = true;
    state.nodes->ClearPending(node);
    state.nodes->Unlink(node);
  }
}

void HoldCommittedBelow(FileSystemState& state, const Location& directory) {
  std::vector<std::pair<NodePtr, std::shared_ptr<FileWriter>>> writers;
  state.nodes->ForEach([&](const NodePtr& node) {
    if (node->kind != NodeKind::kFile || node->unlinked) return;
    if (auto writer = WriterOf(*node)) writers.emplace_back(node, std::move(writer));
  });
  const std::string prefix = directory.prefix();
  for (const auto& [node, writer] : writers) {
    const Location location = state.nodes->LocationOf(*node);
    if (location.place == directory.place && location.name.starts_with(prefix))
      writer->Hold(OpenLeft(state, *node, *writer));
  }
}

void HoldCommitted(FileSystemState& state, Node& node, VersionId current) {
  const auto writer = WriterOf(node);
  if (writer == nullptr) return;
  const VersionId committed = writer->committed();
  if ((committed ? committed : writer->Info().version) != current)
    writer->Hold(OpenLeft(state, node, *writer));
}

void FileRenamed(Node& node, VersionId before, VersionId now) {
  MutexLock lock(node.file_mutex);
  if (node.file.writer != nullptr) node.file.writer->Renamed(before, now);
  if (node.file.read_version == before) node.file.read_version = now;
  if (node.file.cached_version == before) node.file.cached_version = now;
}

}  // namespace replicafs
