// An open file.
#pragma once

#include <atomic>
#include <memory>

#include "backend/base/mutex.h"
#include "backend/blob/blob_store.h"
#include "fs/core/node_table.h"

namespace replicafs {

struct FileHandle {
  NodePtr node;
  int flags = 0;
  bool can_read = false;
  bool can_write = false;
  bool commits = false;           // its close commits: it may write, or has made the file
  bool counts_as_reader = false;  // FileState::readers
  // Opened with O_DSYNC, past the kernel's cache: then the kernel asks for no sync after a write.
  bool commits_each_write = false;
  // Something was written since the last flush. Changed under the node's file_mutex.
  std::atomic<bool> unflushed = false;

  Mutex mutex;
  // The version that is read while nobody writes the file.
  std::shared_ptr<BlobReader> reader GUARDED_BY(mutex);
  uint64_t writer_epoch GUARDED_BY(mutex) = 0;
};

}  // namespace replicafs
