#include "fs/core/unlink_later.h"

#include <string>
#include <utility>

#include "fs/core/close_later.h"
#include "fs/core/file_commit.h"
#include "fs/core/remove_ops.h"

namespace replicafs {
namespace {

// Its content may still wait, or its writer be about to end.
void EndLateCommit(FileSystemState& state, Node& node) REQUIRES(node.commit_mutex) {
  if (node.kind != NodeKind::kFile || node.pending) return;
  SettleFile(node);
  EndWriterIfUnused(state, node);
}

// Whether the name is a file's that nobody has open and that has nothing of its own to commit.
bool IsPlain(Node& node) {
  if (node.kind != NodeKind::kFile || node.pending || node.unlinked) return false;
  MutexLock lock(node.file_mutex);
  return node.file.handles == 0 && node.file.writer == nullptr;
}

}  // namespace

Result<bool> UnlinkLater(FileSystemState& state, const NodePtr& parent, std::string_view name,
                         Node& node) {
  EndLateCommit(state, node);
  if (!IsPlain(node)) return false;
  LateAccount& account = *node.account->account;
  if (!account.late().usable()) return false;
  const NamespaceGate::Shared gate(state.gate);
  const Location location = state.nodes->LocationOf(node);
  const BlobInfo info = TRY(account.inner_store().Stat(location.path()));
  if (KindOf(info.properties) != EntryKind::kFile) return false;
  TRY(RefuseImmutable(state, location, info));
  KeepOrphan(location, info, node);
  MarkUnlinked(state, node);
  account.late().Push({.directory = state.nodes->LocationOf(*parent),
                       .blob = location.name,
                       .parent = parent->id,
                       .name = std::string(name),
                       .time = state.clock.Now(),
                       .etag = info.etag});
  return true;
}

}  // namespace replicafs
