// Locks that clang's -Wthread-safety understands. libstdc++'s own are not annotated.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define REPLICAFS_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define REPLICAFS_THREAD_ANNOTATION(x)
#endif

#define CAPABILITY(x) REPLICAFS_THREAD_ANNOTATION(capability(x))
#define SCOPED_CAPABILITY REPLICAFS_THREAD_ANNOTATION(scoped_lockable)
#define GUARDED_BY(x) REPLICAFS_THREAD_ANNOTATION(guarded_by(x))
#define PT_GUARDED_BY(x) REPLICAFS_THREAD_ANNOTATION(pt_guarded_by(x))
#define REQUIRES(...) REPLICAFS_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) REPLICAFS_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) REPLICAFS_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define RELEASE(...) REPLICAFS_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define ACQUIRED_AFTER(...) REPLICAFS_THREAD_ANNOTATION(acquired_after(__VA_ARGS__))
#define NO_THREAD_SAFETY_ANALYSIS REPLICAFS_THREAD_ANNOTATION(no_thread_safety_analysis)

namespace replicafs {

class CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() ACQUIRE() { mutex_.lock(); }
  void Unlock() RELEASE() { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

// Holds a Mutex for a scope; may be released and taken again inside it.
class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~MutexLock() RELEASE() {
    if (held_) mutex_.Unlock();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void Unlock() RELEASE() {
    held_ = false;
    mutex_.Unlock();
  }
  void Lock() ACQUIRE() {
    mutex_.Lock();
    held_ = true;
  }

 private:
  Mutex& mutex_;
  bool held_ = true;
};

// ThreadSanitizer of the supported compilers does not know the wait on a steady clock.
#if defined(__SANITIZE_THREAD__)
using WaitClock = std::chrono::system_clock;
#else
using WaitClock = std::chrono::steady_clock;
#endif

// Waits release the mutex and hold it again when they return; wake-ups may be spurious.
class CondVar {
 public:
  void Wait(Mutex& mutex) REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  // False when the time is over.
  bool WaitFor(Mutex& mutex, std::chrono::nanoseconds timeout) REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool woken =
        condition_.wait_until(lock, WaitClock::now() + timeout) == std::cv_status::no_timeout;
    lock.release();
    return woken;
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace replicafs
