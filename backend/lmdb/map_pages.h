// The pages of a mapped file that stand in this process's page tables. They count as its memory
// (RssFile), although they are the kernel's cache, which keeps them when they are given back.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "backend/base/mutex.h"

namespace replicafs::lmdb {

// Thread-safe.
class MapPages {
 public:
  // Beyond `most_bytes` of mapped pages of all files of the process it gives its own back.
  explicit MapPages(uint64_t most_bytes) : most_bytes_(most_bytes) {}

  // Finds where the file is mapped now. An empty path: nowhere, until the next call.
  void Locate(const std::string& file) EXCLUDES(mutex_);
  // To be called after each transaction; looks after some of them.
  void TransactionEnded() EXCLUDES(mutex_);

 private:
  static constexpr uint64_t kLookEvery = 16;

  const uint64_t most_bytes_;
  std::atomic<uint64_t> ended_ = 0;
  Mutex mutex_;  // held while pages are given back, so that the map does not move
  void* begin_ GUARDED_BY(mutex_) = nullptr;
  size_t size_ GUARDED_BY(mutex_) = 0;
};

}  // namespace replicafs::lmdb
