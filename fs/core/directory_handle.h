// An open directory: a listing that goes page by page and can be resumed from any cookie.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "backend/base/mutex.h"
#include "fs/core/find.h"
#include "fs/core/node_table.h"

namespace replicafs {

// Where a listing goes on.
struct ListPosition {
  enum class Phase : uint8_t { kDots, kPending, kStored } phase = Phase::kDots;
  // In the phase: the last name that was used up; of stored ones without the directory's prefix.
  std::string after;
};

struct ListedEntry {
  std::string name;  // Linux name
  Found found;
  ListPosition next;
};

// What of an entry a listing without attributes shows.
struct NamedEntry {
  std::string name;  // Linux name
  mode_t type = 0;   // S_IFMT
  uint64_t inode = 0;
  std::string after;  // where the next page begins, in the phase kStored
};

// INVARIANT: at most one of the two has entries.
struct DirectoryPage {
  std::vector<ListedEntry> entries;
  std::vector<NamedEntry> names;

  size_t size() const { return entries.size() + names.size(); }
  // Roughly; names are short.
  uint64_t bytes() const {
    return entries.size() * (sizeof(ListedEntry) + 512) + names.size() * (sizeof(NamedEntry) + 32);
  }
  // Where the listing goes on after the entry.
  ListPosition After(size_t index) const {
    if (!entries.empty()) return entries[index].next;
    return {ListPosition::Phase::kStored, names[index].after};
  }
};

struct DirectoryHandle {
  NodePtr node;

  Mutex mutex;
  // INVARIANT: entry i of the page is followed by cookie `page_cookie + i + 1`.
  DirectoryPage page GUARDED_BY(mutex);
  uint64_t page_cookie GUARDED_BY(mutex) = 0;
  uint64_t page_bytes GUARDED_BY(mutex) = 0;  // as FileSystemState::page_bytes counts it
  uint64_t page_change_count GUARDED_BY(mutex) = 0;
  // The starts of the pages so far: what an old cookie is found by.
  std::map<uint64_t, ListPosition> checkpoints GUARDED_BY(mutex) = {{0, {}}};
  // Uncommitted files that were shown: not to be shown again once the store has them.
  std::set<std::string, std::less<>> pending_shown GUARDED_BY(mutex);
};

}  // namespace replicafs
