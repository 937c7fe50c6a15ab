#include "backend/http/lane_pool.h"

#include <string>

namespace replicafs {

using std::chrono::steady_clock;

LanePool::~LanePool() {
  MutexLock lock(mutex_);
  REPLICAFS_CHECK(lent_ == 0);
}

Result<LanePool::Lease> LanePool::Take(const std::stop_token& stop, HttpDeadline deadline) {
  auto lane = TRY(Await(stop, deadline));
  if (lane) return Lease(*this, std::move(lane));
  auto made = CurlLane::Make(options_);
  if (made) return Lease(*this, std::move(*made));
  GiveBack(nullptr);
  return std::move(made).error();
}

Result<std::unique_ptr<CurlLane>> LanePool::Await(const std::stop_token& stop,
                                                  HttpDeadline deadline) {
  // Ends after the lock, which it takes.
  const std::stop_callback wake(stop, [this] {
    MutexLock lock(mutex_);
    changed_.NotifyAll();
  });
  MutexLock lock(mutex_);
  for (;;) {
    const auto now = steady_clock::now();
    if (stop.stop_requested()) return Error{ErrorCode::kCancelled, "cancelled"};
    if (deadline && now >= *deadline)
      return Error{ErrorCode::kTimeout, "all " + std::to_string(options_.connections_max) +
                                            " connections were in use until its time was over"};
    if (lent_ < options_.connections_max) break;
    if (deadline)
      changed_.WaitFor(mutex_, *deadline - now);
    else
      changed_.Wait(mutex_);
  }
  ++lent_;
  if (idle_.empty()) return std::unique_ptr<CurlLane>();
  auto lane = std::move(idle_.back());
  idle_.pop_back();
  return lane;
}

void LanePool::GiveBack(std::unique_ptr<CurlLane> lane) {
  std::unique_ptr<CurlLane> old;  // closed without the lock
  {
    MutexLock lock(mutex_);
    --lent_;
    if (!idle_.empty() &&
        steady_clock::now() - idle_.front()->last_used() > options_.idle_connection_max_age) {
      old = std::move(idle_.front());
      idle_.erase(idle_.begin());
    }
    if (lane) idle_.push_back(std::move(lane));
  }
  // All: one alone might be about to give up.
  changed_.NotifyAll();
}

}  // namespace replicafs
