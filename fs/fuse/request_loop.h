// Serves the kernel's requests with several threads, of which one, the lead, waits for the next
// one.
//
// The lead serves what it received and goes on, and looks for the next request for a moment before
// it sleeps: programs mostly ask one thing after another, and to wake a thread for each costs more
// than most answers. It passes the lead on before it serves something long while more requests
// wait, and it loses the lead when a request holds it up.
#pragma once

#include <atomic>
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
  RequestLoop(fuse_session& session, unsigned threads_max)
      : session_(session), threads_max_(threads_max) {}

  // Serves until the kernel has unmounted (0) or a signal of signals.h came (its number). All
  // requests that were received are answered then.
  Result<int> Run();

 private:
  Result<int> Watch();
  void Work();
  bool TakeLead() EXCLUDES(mutex_);
  bool ServeNext(fuse_buf& buffer);
  bool AwaitRequest();
  bool MoreWait();
  void PassLead(uint64_t number) EXCLUDES(mutex_);
  void End() EXCLUDES(mutex_);

  fuse_session& session_;
  const unsigned threads_max_;
  UniqueFd ended_event_;  // readable once the loop ends
  UniqueFd watch_event_;  // wakes the watch

  std::atomic<uint64_t> received_ = 0;
  // The number of the request that the lead serves; 0 while it waits or there is none. Who changes
  // it from a number to 0 decides: the lead, that it goes on; anybody else, that it is lost.
  std::atomic<uint64_t> serving_ = 0;
  std::atomic<bool> watching_ = false;

  Mutex mutex_;
  CondVar lead_free_;
  bool led_ GUARDED_BY(mutex_) = false;
  bool ended_ GUARDED_BY(mutex_) = false;
  size_t idle_threads_ GUARDED_BY(mutex_) = 0;
  std::vector<std::thread> threads_ GUARDED_BY(mutex_);
};

}  // namespace replicafs
