#include "backend/azure/pause.h"

#include "backend/base/mutex.h"

namespace replicafs::azure {

bool Pause(std::chrono::milliseconds duration, const std::stop_token& stop) {
  Mutex mutex;
  CondVar stopped;
  const std::stop_callback wake(stop, [&] {
    const MutexLock lock(mutex);
    stopped.NotifyAll();
  });
  const auto end = WaitClock::now() + duration;
  MutexLock lock(mutex);
  while (!stop.stop_requested()) {
    const auto left = end - WaitClock::now();
    if (left <= left.zero()) return true;
    stopped.WaitFor(mutex, left);
  }
  return false;
}

}  // namespace replicafs::azure
