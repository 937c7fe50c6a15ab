// A fixed number of threads that run tasks from a bounded queue.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "backend/base/mutex.h"

namespace replicafs {

// Thread-safe. The destructor runs what is queued, then joins.
class ThreadPool {
 public:
  ThreadPool(size_t threads, size_t queue_max_tasks);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Blocks while the queue is full. A task must not throw, and must not submit to its own pool.
  void Submit(std::function<void()> task) EXCLUDES(mutex_);
  // False, and nothing happens, while the queue is full.
  bool TrySubmit(std::function<void()> task) EXCLUDES(mutex_);

 private:
  void Run() EXCLUDES(mutex_);

  const size_t queue_max_tasks_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void()>> queue_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

// Waits for a set of tasks: Add before Submit, Done at the task's end.
class TaskGroup {
 public:
  void Add() EXCLUDES(mutex_);
  void Done() EXCLUDES(mutex_);
  void Wait() EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  CondVar changed_;
  size_t pending_ GUARDED_BY(mutex_) = 0;
};

}  // namespace replicafs
