// Brings threads that want to commit together: one of them leads and works for all that wait, so
// that many changes share one transaction and one sync of the disk.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/base/result.h"
#include "backend/lmdb/transaction.h"

namespace replicafs::lmdb {

// Changes tables. May run several times, so it begins by forgetting what an earlier run produced,
// and what it changes outside the transaction must bear repetition. Validates before its first
// change where it can: a closure that fails without having changed anything costs the others
// nothing. It opens no other transaction.
using WriteFunction = std::function<Status(WriteTransaction&)>;

struct Submission {
  const WriteFunction* run = nullptr;
  Status status;

  bool done = false;
  bool leads = false;
  CondVar wake;
};

// Thread-safe.
class GroupQueue {
 public:
  static constexpr size_t kGroupMaxSubmissions = 256;

  // Waits until the submission is done (true: its status stands) or it leads (false): then `group`
  // holds what it works for, itself first, and it must call Finish.
  bool Join(Submission& mine, std::vector<Submission*>& group) EXCLUDES(mutex_);
  // Answers the group and passes the lead on.
  void Finish(const std::vector<Submission*>& group) EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  std::deque<Submission*> waiting_ GUARDED_BY(mutex_);
  bool led_ GUARDED_BY(mutex_) = false;
};

}  // namespace replicafs::lmdb
