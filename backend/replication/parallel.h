// Many small pieces of work on a few threads.
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

#include "backend/base/result.h"
#include "backend/base/thread_pool.h"

namespace replicafs {

struct ForEachOptions {
  size_t threads = 1;  // of the pool's, at most
  std::stop_token stop;
  // Called now and then (about ten times a second) from the calling thread while others work.
  std::function<void()> tick = [] {};
};

// Calls work(0) … work(count - 1), in any order and at the same time, and waits for them. Begins no
// further call after one failed, whose error is returned, or a stop was asked for: kCancelled.
Status ForEach(ThreadPool& pool, size_t count, const ForEachOptions& options,
               const std::function<Status(size_t)>& work);

}  // namespace replicafs
