// Numbers for what is open.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>

#include "backend/base/mutex.h"
#include "backend/base/result.h"
#include "fs/core/types.h"

namespace replicafs {

// Thread-safe.
template <class T>
class HandleTable {
 public:
  HandleId Add(std::shared_ptr<T> opened) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    const uint64_t id = ++last_id_;
    handles_.emplace(id, std::move(opened));
    return HandleId{id};
  }

  // kStale for a handle that is not open.
  Result<std::shared_ptr<T>> Find(HandleId id) const EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    const auto found = handles_.find(id.value);
    if (found == handles_.end()) return Error{ErrorCode::kStale, "the handle is not open"};
    return found->second;
  }

  // nullptr when it was not open.
  std::shared_ptr<T> Remove(HandleId id) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    auto node = handles_.extract(id.value);
    return node.empty() ? nullptr : std::move(node.mapped());
  }

 private:
  mutable Mutex mutex_;
  uint64_t last_id_ GUARDED_BY(mutex_) = 0;
  std::unordered_map<uint64_t, std::shared_ptr<T>> handles_ GUARDED_BY(mutex_);
};

}  // namespace replicafs
