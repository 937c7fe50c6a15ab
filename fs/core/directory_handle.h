// An open directory: a listing that goes page by page and can be resumed from any cookie.
#pragma once

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
  std::string after;  // in the phase: the last name that was used up
};

struct ListedEntry {
  std::string name;  // Linux name
  Found found;
  ListPosition next;
};

struct DirectoryHandle {
  NodePtr node;

  Mutex mutex;
  // INVARIANT: entry i of the page is followed by cookie `page_cookie + i + 1`.
  std::vector<ListedEntry> page GUARDED_BY(mutex);
  uint64_t page_cookie GUARDED_BY(mutex) = 0;
  uint64_t page_change_count GUARDED_BY(mutex) = 0;
  // The starts of the pages so far: what an old cookie is found by.
  std::map<uint64_t, ListPosition> checkpoints GUARDED_BY(mutex) = {{0, {}}};
  // Uncommitted files that were shown: not to be shown again once the store has them.
  std::set<std::string, std::less<>> pending_shown GUARDED_BY(mutex);
};

}  // namespace replicafs
