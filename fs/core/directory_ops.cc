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
  if (handle.page.size() > 0) return handle.page.After(handle.page.size() - 1);
  return handle.checkpoints.at(handle.page_cookie);
}

void StartPage(DirectoryHandle& handle, uint64_t cookie, const ListPosition& position)
    REQUIRES(handle.mutex) {
  handle.page = {};
  handle.page_cookie = cookie;
  handle.checkpoints.insert_or_assign(cookie, position);
}

// False at the directory's end.
Result<bool> NextPage(FileSystemState& state, DirectoryHandle& handle, EntryDetail detail)
    REQUIRES(handle.mutex) {
  StartPage(handle, handle.page_cookie + handle.page.size(), EndOfPage(handle));
  handle.page_change_count = ChangeCountOf(*handle.node);
  const ListPosition& from = handle.checkpoints.at(handle.page_cookie);
  handle.page = TRY(ListDirectoryPage(state, handle, from, detail));
  return handle.page.size() > 0;
}

// Where the listing goes on after the cookie. REQUIRES: it lies in the page or at its ends.
ListPosition PositionAt(const DirectoryHandle& handle, uint64_t cookie) REQUIRES(handle.mutex) {
  if (cookie == handle.page_cookie) return handle.checkpoints.at(cookie);
  return handle.page.After(cookie - handle.page_cookie - 1);
}

// Makes `after` a cookie inside the page or at its end. The entries of a page that was read before
// the account last changed are not trusted, and names alone not enough for who wants attributes.
Status Seek(FileSystemState& state, DirectoryHandle& handle, uint64_t after, EntryDetail detail)
    REQUIRES(handle.mutex) {
  const uint64_t end = handle.page_cookie + handle.page.size();
  if (after == 0) {
    handle.checkpoints = {{0, {}}};
    handle.pending_shown.clear();
    StartPage(handle, 0, {});
    return Ok();
  }
  if (after >= handle.page_cookie && after <= end) {
    const bool lacks = detail == EntryDetail::kAttributes && !handle.page.names.empty();
    const bool is_good = handle.page_change_count == ChangeCountOf(*handle.node) && !lacks;
    if (after != end && !is_good) StartPage(handle, after, PositionAt(handle, after));
    return Ok();
  }
  // An entry of long ago: the nearest page that began before it, read again.
  auto start = handle.checkpoints.upper_bound(after);
  --start;
  StartPage(handle, start->first, ListPosition(start->second));
  while (handle.page_cookie + handle.page.size() < after) {
    const bool more = TRY(NextPage(state, handle, detail));
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

DirectoryEntry Describe(const NamedEntry& named) {
  DirectoryEntry entry{.name = named.name};
  entry.entry.attributes.inode = named.inode;
  entry.entry.attributes.mode = named.type;
  return entry;
}

DirectoryEntry EntryAt(FileSystemState& state, const DirectoryHandle& handle, size_t index,
                       FileSystem::Lookups lookups) REQUIRES(handle.mutex) {
  const DirectoryPage& page = handle.page;
  DirectoryEntry entry = page.names.empty()
                             ? Describe(state, handle.node, page.entries[index], lookups)
                             : Describe(page.names[index]);
  entry.cookie = handle.page_cookie + index + 1;
  return entry;
}

void NoteShown(DirectoryHandle& handle, size_t index) REQUIRES(handle.mutex) {
  if (handle.page.entries.empty()) return;
  const ListedEntry& listed = handle.page.entries[index];
  const bool is_pending =
      listed.next.phase == ListPosition::Phase::kPending && !listed.next.after.empty();
  if (is_pending) handle.pending_shown.insert(listed.name);
}

// What a reader may want next is kept, unless there are so many of them that it is too much.
void KeepPage(FileSystemState& state, DirectoryHandle& handle, uint64_t cookie)
    REQUIRES(handle.mutex) {
  const uint64_t bytes = handle.page.bytes();
  const uint64_t others = state.page_bytes - handle.page_bytes;
  const bool fits = others + bytes <= state.memory.directory_bytes;
  if (!fits) StartPage(handle, cookie, PositionAt(handle, cookie));
  const uint64_t kept = fits ? bytes : 0;
  state.page_bytes += kept - handle.page_bytes;
  handle.page_bytes = kept;
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

namespace {

Status ReadPages(FileSystemState& state, DirectoryHandle& handle,
                 const ReadDirectoryRequest& request, const EntryVisitor& visit, uint64_t& cookie)
    REQUIRES(handle.mutex) {
  const EntryDetail detail = request.lookups == FileSystem::Lookups::kCount
                                 ? EntryDetail::kAttributes
                                 : EntryDetail::kNames;
  TRY(Seek(state, handle, request.after, detail));
  size_t index = request.after - handle.page_cookie;
  for (;;) {
    for (; index < handle.page.size(); ++index) {
      const DirectoryEntry entry = EntryAt(state, handle, index, request.lookups);
      if (visit(entry)) {
        NoteShown(handle, index);
        cookie = entry.cookie;
        continue;
      }
      if (entry.entry.node.value != 0) state.nodes->Forget(entry.entry.node, 1);
      return Ok();
    }
    const bool more = TRY(NextPage(state, handle, detail));
    if (!more) return Ok();
    index = 0;
  }
}

}  // namespace

Status ReadDirectory(FileSystemState& state, const ReadDirectoryRequest& request,
                     const EntryVisitor& visit) {
  const auto handle = TRY(state.directories.Find(request.handle));
  MutexLock lock(handle->mutex);
  uint64_t cookie = request.after;
  Status read = ReadPages(state, *handle, request, visit, cookie);
  const bool is_inside =
      cookie >= handle->page_cookie && cookie <= handle->page_cookie + handle->page.size();
  if (is_inside) KeepPage(state, *handle, cookie);
  return read;
}

void ReleaseDirectory(FileSystemState& state, HandleId id) {
  const auto handle = state.directories.Remove(id);
  if (handle == nullptr) return;
  MutexLock lock(handle->mutex);
  state.page_bytes -= std::exchange(handle->page_bytes, 0);
  state.nodes->Unpin(*handle->node);
}

}  // namespace replicafs
