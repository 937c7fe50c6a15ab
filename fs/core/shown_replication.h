// What listing a file's extended attributes has shown of its replication. A program lists them,
// asks for the size of each and then for its value, while a link may change them in between.
#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "backend/base/clock.h"
#include "backend/base/mutex.h"
#include "backend/blob/blob_info.h"
#include "fs/core/types.h"
#include "fs/core/virtual_xattrs.h"

namespace replicafs {

// Thread-safe; a leaf lock.
class ShownReplication {
 public:
  void Note(NodeId node, const BlobInfo& stored, Timestamp now, XattrMap xattrs) EXCLUDES(mutex_);
  // What was noted of this version less than 50 ms ago.
  std::optional<XattrMap> Recall(NodeId node, const BlobInfo& stored, Timestamp now) const
      EXCLUDES(mutex_);

 private:
  struct Shown {
    VersionId version;
    Timestamp at;
    XattrMap xattrs;
  };
  static bool IsFresh(const Shown& shown, Timestamp now);

  mutable Mutex mutex_;
  std::map<NodeId, Shown> shown_ GUARDED_BY(mutex_);
};

}  // namespace replicafs
