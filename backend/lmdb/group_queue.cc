#include "backend/lmdb/group_queue.h"

namespace replicafs::lmdb {

bool GroupQueue::Join(Submission& mine, std::vector<Submission*>& group) {
  MutexLock lock(mutex_);
  waiting_.push_back(&mine);
  if (led_) {
    while (!mine.done && !mine.leads) mine.wake.Wait(mutex_);
    if (mine.done) return true;
  }
  led_ = true;
  while (!waiting_.empty() && group.size() < kGroupMaxSubmissions) {
    group.push_back(waiting_.front());
    waiting_.pop_front();
  }
  return false;
}

void GroupQueue::Finish(const std::vector<Submission*>& group) {
  MutexLock lock(mutex_);
  // Under the lock: a submission lives on the stack of the thread that it wakes.
  for (Submission* submission : group) {
    submission->done = true;
    submission->wake.NotifyOne();
  }
  if (waiting_.empty()) {
    led_ = false;
  } else {
    waiting_.front()->leads = true;
    waiting_.front()->wake.NotifyOne();
  }
}

}  // namespace replicafs::lmdb
