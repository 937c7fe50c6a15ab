#include "fs/core/rename_parts.h"

namespace replicafs {

CommitBlob MoveOf(const BlobInfo& info, const Location& from, const Location& to,
                  const Attributes& attributes) {
  CommitBlob commit{.path = to.path(),
                    .content = ContentOf{from.path(), info.version},
                    .properties = info.properties};
  RecordChange({}, attributes, commit.properties.metadata);
  return commit;
}

TwoFiles::TwoFiles(Node& a, Node& b) : first_(a.id < b.id ? a : b), second_(a.id < b.id ? b : a) {
  first_.commit_mutex.Lock();
  if (&first_ != &second_) second_.commit_mutex.Lock();
}

TwoFiles::~TwoFiles() {
  if (&first_ != &second_) second_.commit_mutex.Unlock();
  first_.commit_mutex.Unlock();
}

}  // namespace replicafs
