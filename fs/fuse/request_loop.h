// Serves the kernel's requests with several threads, of which one, the lead, waits for the next
// one.
//
// A thread serves what it received and goes on, and looks for the next request for a moment before
// it sleeps: programs mostly ask one thing after another, and to wake a thread for each costs more
// than most answers. As many threads are active as there are processors, and only while requests
// wait; the others are parked. Who serves what has taken long lately is not active meanwhile. When
// no active thread gets on, the watch takes all of them for held up, and lets another one go on.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/base/result.h"
#include "backend/base/unique_fd.h"
#include "fs/fuse/libfuse.h"

namespace replicafs {

class RequestLoop {
 public:
  static constexpr size_t kKinds = 64;  // of requests

  RequestLoop(fuse_session& session, unsigned threads_max);

  // Serves until the kernel has unmounted (0) or a signal of signals.h came (its number). All
  // requests that were received are answered then.
  Result<int> Run();

 private:
  // A thread is active while it has the current epoch.
  struct Turn {
    uint64_t epoch;
  };

  Result<int> Watch();
  void Work(Turn turn);
  bool ServeNext(fuse_buf& buffer, Turn& turn);
  bool AwaitRequest();
  bool MoreWait();
  void ShareWork(bool may_take_long, Turn& turn) EXCLUDES(mutex_);
  bool KeepTurn(Turn& turn) EXCLUDES(mutex_);
  bool Park(Turn& turn) EXCLUDES(mutex_);
  void PassHeldUp() EXCLUDES(mutex_);
  void Activate() REQUIRES(mutex_);
  void End() EXCLUDES(mutex_);

  fuse_session& session_;
  const size_t threads_max_;
  const size_t active_max_;
  UniqueFd ended_event_;  // readable once the loop ends
  UniqueFd watch_event_;  // wakes the watch

  std::atomic<uint64_t> received_ = 0;
  std::atomic<bool> lead_waits_ = false;  // a thread takes what comes next
  std::atomic<bool> spins_ = true;        // the next request is likely to come soon
  std::atomic<unsigned> crowded_ = 0;     // for so many requests more, others are likely to wait
  std::atomic<bool> watching_ = false;    // the watch need not be woken
  std::array<std::atomic<unsigned>, kKinds> scores_{};  // how long a kind has taken lately
  std::atomic<int> error_ = 0;                          // that ended the loop

  Mutex mutex_;
  CondVar activated_;
  std::atomic<uint64_t> epoch_ = 1;  // changes under mutex_
  std::atomic<size_t> active_ = 0;   // changes under mutex_
  size_t parked_ GUARDED_BY(mutex_) = 0;
  size_t activations_ GUARDED_BY(mutex_) = 0;  // of parked threads that have not seen it yet
  bool ended_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_ GUARDED_BY(mutex_);
};

}  // namespace replicafs
