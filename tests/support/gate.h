// Something that waits until a test lets it go on.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <stop_token>

#include "backend/base/mutex.h"

namespace replicafs {

// Thread-safe. Closed at first.
class Gate {
 public:
  void Open() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    is_open_ = true;
    changed_.NotifyAll();
  }
  // Returns when the gate is open, or with the stop. Fails the test when neither comes.
  void Pass(const std::stop_token& stop = {}) EXCLUDES(mutex_) {
    const std::stop_callback wake(stop, [this] {
      MutexLock lock(mutex_);
      changed_.NotifyAll();
    });
    MutexLock lock(mutex_);
    ++came_;
    changed_.NotifyAll();
    const auto deadline = WaitClock::now() + kPatience;
    while (!is_open_ && !stop.stop_requested() && WaitClock::now() < deadline)
      changed_.WaitFor(mutex_, deadline - WaitClock::now());
    EXPECT_TRUE(is_open_ || stop.stop_requested()) << "nobody opened the gate";
  }
  // Returns when so many have come to the gate since the test began.
  void AwaitCallers(size_t count = 1) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    const auto deadline = WaitClock::now() + kPatience;
    while (came_ < count && WaitClock::now() < deadline)
      changed_.WaitFor(mutex_, deadline - WaitClock::now());
    EXPECT_GE(came_, count) << "nobody came to the gate";
  }

 private:
  static constexpr std::chrono::seconds kPatience{20};

  Mutex mutex_;
  CondVar changed_;
  bool is_open_ GUARDED_BY(mutex_) = false;
  size_t came_ GUARDED_BY(mutex_) = 0;
};

}  // namespace replicafs
