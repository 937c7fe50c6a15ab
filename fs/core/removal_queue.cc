#include "fs/core/removal_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace replicafs {
namespace {

constexpr size_t kBatchMax = 256;
constexpr size_t kWaitingMax = 4096;

}  // namespace

RemovalQueue::RemovalQueue(Maker make)
    : make_(std::move(make)), thread_([this](const std::stop_token& stop) { Run(stop); }) {}

RemovalQueue::~RemovalQueue() {
  {
    MutexLock lock(mutex_);
    thread_.request_stop();
    changed_.NotifyAll();
  }
  thread_.join();
  Settle();
}

void RemovalQueue::Push(Removal removal) {
  MutexLock lock(mutex_);
  while (waiting_.size() >= kWaitingMax) changed_.Wait(mutex_);
  waiting_.push_back(std::move(removal));
  ++pushed_;
  if (!making_) changed_.NotifyAll();
}

void RemovalQueue::Settle() {
  if (made_ == pushed_) return;
  MutexLock lock(mutex_);
  const uint64_t target = pushed_;
  while (made_ < target) {
    if (making_) {
      changed_.Wait(mutex_);
    } else {
      MakeSome();
    }
  }
}

void RemovalQueue::Run(const std::stop_token& stop) {
  MutexLock lock(mutex_);
  while (!stop.stop_requested()) {
    if (making_ || waiting_.empty()) {
      changed_.Wait(mutex_);
    } else {
      MakeSome();
    }
  }
}

void RemovalQueue::MakeSome() {
  const auto count = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kBatchMax));
  const auto end = waiting_.begin() + count;
  const std::vector<Removal> batch(std::make_move_iterator(waiting_.begin()),
                                   std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  making_ = true;
  mutex_.Unlock();
  const Status made = make_(batch);
  mutex_.Lock();
  making_ = false;
  usable_ = made.has_value();
  made_ += batch.size();
  changed_.NotifyAll();
}

}  // namespace replicafs
