#include "backend/base/thread_pool.h"

#include <utility>

#include "backend/base/result.h"

namespace replicafs {

ThreadPool::ThreadPool(size_t threads, size_t queue_max_tasks) : queue_max_tasks_(queue_max_tasks) {
  REPLICAFS_CHECK(threads > 0 && queue_max_tasks > 0);
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

ThreadPool::~ThreadPool() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::Submit(std::function<void()> task) {
  {
    MutexLock lock(mutex_);
    while (queue_.size() >= queue_max_tasks_) changed_.Wait(mutex_);
    queue_.push_back(std::move(task));
  }
  changed_.NotifyAll();
}

bool ThreadPool::TrySubmit(std::function<void()> task) {
  {
    MutexLock lock(mutex_);
    if (queue_.size() >= queue_max_tasks_) return false;
    queue_.push_back(std::move(task));
  }
  changed_.NotifyAll();
  return true;
}

void ThreadPool::Run() {
  for (;;) {
    std::function<void()> task;
    {
      MutexLock lock(mutex_);
      while (queue_.empty() && !stopping_) changed_.Wait(mutex_);
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    changed_.NotifyAll();
    task();
  }
}

void TaskGroup::Add() {
  MutexLock lock(mutex_);
  ++pending_;
}

void TaskGroup::Done() {
  MutexLock lock(mutex_);
  REPLICAFS_CHECK(pending_ > 0);
  if (--pending_ == 0) changed_.NotifyAll();
}

void TaskGroup::Wait() {
  MutexLock lock(mutex_);
  while (pending_ > 0) changed_.Wait(mutex_);
}

}  // namespace replicafs
