#include "fs/core/directory_ops.h"

#include <sys/stat.h>

#include <utility>

#include "fs/core/directory_page.h"
#include "fs/core/entries.h"

namespace replicafs {
namespace {

uint64_t ChangeCountOf(const Node& node) {
  return node.account == nullptr ? 0 : node.account->account->ChangeCount();
}

// Where the listing goes on after the page.
ListPosition EndOfPage(const DirectoryHandle& handle) REQUIRES(handle.mutex) {
  if (!handle.page.empty()) return handle.page.back().next;
  return handle.checkpoints.at(handle.page_cookie);
}

void StartPage(DirectoryHandle& handle, uint64_t cookie, const ListPosition& position)
    REQUIRES(handle.mutex) {
  handle.page.clear();
  handle.page_cookie = cookie;
  handle.checkpoints.insert_or_assign(cookie, position);
}

// False at the directory's end.
Result<bool> NextPage(FileSystemState& state, DirectoryHandle& handle) REQUIRES(handle.mutex) {
  StartPage(handle, handle.page_cookie + handle.page.size(), EndOfPage(handle));
  handle.page_change_count = ChangeCountOf(*handle.node);
  handle.page = TRY(ListDirectoryPage(state, handle, handle.checkpoints.at(handle.page_cookie)));
  return !handle.page.empty();
}

// Makes `after` a cookie inside the page or at its end. The entries of a page that was read before
// the account last changed are not trusted.
Status Seek(FileSystemState& state, DirectoryHandle& handle, uint64_t after)
    REQUIRES(handle.mutex) {
  const uint64_t end = handle.page_cookie + handle.page.size();
  if (after == 0) {
    handle.checkpoints = {{0, {}}};
    handle.pending_shown.clear();
    StartPage(handle, 0, {});
    return Ok();
  }
  if (after >= handle.page_cookie && after <= end) {
    if (after == end || handle.page_change_count == ChangeCountOf(*handle.node)) return Ok();
    if (after > handle.page_cookie)
      StartPage(handle, after, handle.page[after - handle.page_cookie - 1].next);
    else
      StartPage(handle, after, ListPosition(handle.checkpoints.at(after)));
    return Ok();
  }
  // An entry of long ago: the nearest page that began before it, read again.
  auto start = handle.checkpoints.upper_bound(after);
  --start;
  StartPage(handle, start->first, ListPosition(start->second));
  while (handle.page_cookie + handle.page.size() < after) {
    const bool more = TRY(NextPage(state, handle));
    if (!more) break;
  }
  return Ok();
}

// The entry as the kernel gets it.
DirectoryEntry Describe(FileSystemState& state, const NodePtr& directory, const ListedEntry& listed,
                        FileSystem::Lookups lookups) {
  DirectoryEntry entry{.name = listed.name};
  const Location location = state.nodes->LocationOf(*directory);
  if (listed.name == "." || listed.name == "..") {
    const NodePtr parent = state.nodes->ParentOf(*directory);
    const NodePtr& shown = listed.name == "." || parent == nullptr ? directory : parent;
    entry.entry.attributes =
        AttributesOf(state, listed.found, state.nodes->LocationOf(*shown), shown.get());
    return entry;
  }
  if (lookups == FileSystem::Lookups::kCount) {
    entry.entry = MakeEntry(state, directory, listed.name, listed.found);
    return entry;
  }
  const NodePtr known = state.nodes->FindChild(directory, listed.name);
  const Location child = ChildLocation(location, listed.found.seed);
  entry.entry.attributes = AttributesOf(state, listed.found, child, known.get());
  return entry;
}

void NoteShown(DirectoryHandle& handle, const ListedEntry& listed) REQUIRES(handle.mutex) {
  const bool is_pending =
      listed.next.phase == ListPosition::Phase::kPending && !listed.next.after.empty();
  if (is_pending) handle.pending_shown.insert(listed.name);
}

}  // namespace

Result<HandleId> OpenDirectory(FileSystemState& state, NodeId id) {
  const NodePtr node = TRY(state.nodes->Find(id));
  if (node->type != S_IFDIR) return Error{ErrorCode::kNotDirectory, "it is no directory"};
  auto handle = std::make_shared<DirectoryHandle>();
  handle->node = node;
  state.nodes->Pin(*node);
  return state.directories.Add(std::move(handle));
}

Status ReadDirectory(FileSystemState& state, const ReadDirectoryRequest& request,
                     const EntryVisitor& visit) {
  const auto handle = TRY(state.directories.Find(request.handle));
  MutexLock lock(handle->mutex);
  TRY(Seek(state, *handle, request.after));
  size_t index = request.after - handle->page_cookie;
  for (;;) {
    for (; index < handle->page.size(); ++index) {
      DirectoryEntry entry = Describe(state, handle->node, handle->page[index], request.lookups);
      entry.cookie = handle->page_cookie + index + 1;
      if (visit(entry)) {
        NoteShown(*handle, handle->page[index]);
        continue;
      }
      if (entry.entry.node.value != 0) state.nodes->Forget(entry.entry.node, 1);
      return Ok();
    }
    const bool more = TRY(NextPage(state, *handle));
    if (!more) return Ok();
    index = 0;
  }
}

void ReleaseDirectory(FileSystemState& state, HandleId id) {
  const auto handle = state.directories.Remove(id);
  if (handle != nullptr) state.nodes->Unpin(*handle->node);
}

}  // namespace replicafs
