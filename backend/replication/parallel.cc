#include "backend/replication/parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <utility>

#include "backend/base/mutex.h"

namespace replicafs {
namespace {

constexpr std::chrono::milliseconds kTick{100};
constexpr size_t kAloneMax = 2;  // so few calls are not worth waking another thread

class Loop {
 public:
  Loop(size_t count, std::stop_token stop, const std::function<Status(size_t)>& work)
      : count_(count), stop_(std::move(stop)), work_(work) {}

  // Takes calls until none is left.
  void Run() EXCLUDES(mutex_) {
    for (size_t i = next_++; i < count_ && !over_; i = next_++) {
      Status done = stop_.stop_requested()
                        ? Status(Error{ErrorCode::kCancelled, "the link is stopping"})
                        : work_(i);
      if (done) continue;
      over_ = true;
      MutexLock lock(mutex_);
      if (!failure_) failure_ = std::move(done).error();
    }
  }

  void RunOn(ThreadPool& pool, size_t threads, const std::function<void()>& tick) EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      running_ = threads;
    }
    for (size_t i = 0; i < threads; ++i) {
      pool.Submit([this] {
        Run();
        MutexLock lock(mutex_);
        --running_;
        finished_.NotifyAll();
      });
    }
    MutexLock lock(mutex_);
    while (running_ > 0) {
      if (finished_.WaitFor(mutex_, kTick)) continue;
      lock.Unlock();
      tick();
      lock.Lock();
    }
  }

  Status Finish() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (failure_) return *failure_;
    return Ok();
  }

 private:
  const size_t count_;
  const std::stop_token stop_;
  const std::function<Status(size_t)>& work_;
  std::atomic<size_t> next_ = 0;
  std::atomic<bool> over_ = false;
  Mutex mutex_;
  CondVar finished_;
  size_t running_ GUARDED_BY(mutex_) = 0;
  std::optional<Error> failure_ GUARDED_BY(mutex_);
};

}  // namespace

Status ForEach(ThreadPool& pool, size_t count, const ForEachOptions& options,
               const std::function<Status(size_t)>& work) {
  Loop loop(count, options.stop, work);
  if (count <= kAloneMax) {
    loop.Run();
  } else {
    loop.RunOn(pool, std::min(options.threads, count), options.tick);
  }
  return loop.Finish();
}

}  // namespace replicafs
