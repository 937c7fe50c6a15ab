#include "fs/core/close_later.h"

#include <string>
#include <utility>

#include "fs/core/file_commit.h"

namespace replicafs {
namespace {

struct WaitingCommits {
  size_t count = 0;
  uint64_t ticket = 0;
};

WaitingCommits WaitingOf(Node& node) {
  MutexLock lock(node.file_mutex);
  return {node.file.late_commits, node.file.late_ticket};
}

// With less than this an answer might not be kept: what may wait, and what tables grow by it.
constexpr uint64_t kRoomMinBytes = 64 << 20;

bool MayWait(const Node& node) {
  if (node.account == nullptr || node.account->durability != Durability::kRelaxed) return false;
  if (!node.account->late().usable()) return false;
  const auto space = node.account->account->inner_store().Space();
  return space && space->available_bytes >= kRoomMinBytes;
}

}  // namespace

bool HasLateCommit(Node& node) {
  return WaitingOf(node).count > 0;
}

bool IsInLateCommit(Node& node, const FileWriter& writer) {
  return HasLateCommit(node) && !writer.ChangedSincePrepared();
}

void SettleFile(Node& node) {
  const WaitingCommits waiting = WaitingOf(node);
  if (waiting.count > 0) node.account->late().Settle(waiting.ticket);
}

Status TakeLateError(Node& node) {
  MutexLock lock(node.file_mutex);
  if (!node.file.late_error) return Ok();
  Error error = std::move(*node.file.late_error);
  node.file.late_error.reset();
  return error;
}

Result<bool> CommitLater(FileSystemState& state, Node& node) {
  const auto writer = WriterOf(node);
  const auto self = state.nodes->Find(node.id);
  if (!MayWait(node) || writer == nullptr || !self) return false;
  if (HasLateCommit(node)) {
    if (!writer->ChangedSincePrepared()) return true;
    if (!writer->CanFollow()) {
      SettleFile(node);
      TRY(TakeLateError(node));
    }
  }
  PreparedCommit prepared = TRY(writer->PrepareCommit());

  const NamespaceGate::Shared gate(state.gate);
  if (node.unlinked) return true;
  const NodePtr parent = state.nodes->ParentOf(node);
  const Location location = state.nodes->LocationOf(node);
  prepared.commit.path = location.path();
  {
    MutexLock lock(node.file_mutex);
    ++node.file.late_commits;
  }
  state.nodes->Pin(node);
  const uint64_t ticket = node.account->late().Push(
      {.directory = state.nodes->LocationOf(*parent),
       .blob = location.name,
       .parent = parent->id,
       .name = state.nodes->NameOf(node),
       .time = state.clock.Now(),
       .commit = LateCommit{.node = *self, .writer = writer, .prepared = std::move(prepared)}});
  MutexLock lock(node.file_mutex);
  node.file.late_ticket = ticket;
  return true;
}

Status CommitAtClose(FileSystemState& state, Node& node) {
  TRY(TakeLateError(node));
  const auto writer = WriterOf(node);
  if (writer == nullptr || node.unlinked || !writer->NeedsCommit()) return Ok();
  const bool is_late = TRY(CommitLater(state, node));
  return is_late ? Ok() : CommitFileLocked(state, node);
}

Status UpdateLateCommit(FileSystemState& state, Node& node) {
  const auto writer = WriterOf(node);
  const WaitingCommits waiting = WaitingOf(node);
  if (waiting.count == 1) {
    PreparedCommit prepared = TRY(writer->PrepareCommit());
    if (node.account->late().Replace(waiting.ticket, std::move(prepared))) return Ok();
  }
  return CommitFileLocked(state, node);
}

bool RenameLateCommit(FileSystemState& state, Node& node, const Location& to,
                      std::string_view name) {
  const WaitingCommits waiting = WaitingOf(node);
  if (waiting.count != 1) return false;
  LateChanges& late = node.account->late();
  // What waits for the new name comes after this commit.
  if (late.Find(to.path())) return false;
  return late.Rename(waiting.ticket, to.name, std::string(name), state.clock.Now());
}

bool GiveUpLateCommit(FileSystemState& state, Node& node) {
  const WaitingCommits waiting = WaitingOf(node);
  if (waiting.count == 0) return node.pending;
  if (waiting.count > 1 || !node.account->late().Cancel(waiting.ticket)) {
    SettleFile(node);
    return node.pending;
  }
  {
    MutexLock lock(node.file_mutex);
    --node.file.late_commits;
    if (node.file.handles == 0) node.file.writer.reset();
  }
  state.nodes->Unpin(node);
  return true;
}

void NoteLateCommit(FileSystemState& state, const LateCommit& commit,
                    const Result<Outcome>& outcome) {
  Node& node = *commit.node;
  if (outcome) NoteCommitted(state, node, *commit.writer, *outcome, commit.prepared);
  MutexLock lock(node.file_mutex);
  if (!outcome) node.file.late_error = outcome.error();
  --node.file.late_commits;
}

void FinishLateCommit(FileSystemState& state, const NodePtr& node) {
  bool is_written = false;
  {
    MutexLock lock(node->file_mutex);
    is_written = node->file.write_handles > 0;
  }
  if (!is_written) {
    MutexLock lock(node->commit_mutex);
    EndWriterIfUnused(state, *node);
  }
  state.nodes->Unpin(*node);
}

}  // namespace replicafs
