// A bounded number of lanes, lent to one caller each.
#pragma once

#include <cstddef>
#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/http/curl_lane.h"

namespace replicafs {

// Thread-safe. The last lane that came back goes out first: its connection is the likeliest to
// live, and what is not needed any more grows old and is closed.
class LanePool {
 public:
  // Gives its lane back when it ends.
  class Lease {
   public:
    Lease(LanePool& pool, std::unique_ptr<CurlLane> lane) : pool_(&pool), lane_(std::move(lane)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (lane_) pool_->GiveBack(std::move(lane_));
    }
    CurlLane* operator->() const { return lane_.get(); }

   private:
    LanePool* pool_;
    std::unique_ptr<CurlLane> lane_;
  };

  // The options outlive the pool.
  explicit LanePool(const HttpOptions& options) : options_(options) {}
  ~LanePool();
  LanePool(const LanePool&) = delete;
  LanePool& operator=(const LanePool&) = delete;

  // Waits for a lane. kCancelled, kTimeout.
  Result<Lease> Take(const std::stop_token& stop, HttpDeadline deadline) EXCLUDES(mutex_);

 private:
  void GiveBack(std::unique_ptr<CurlLane> lane) EXCLUDES(mutex_);
  // Counts a lane as lent and gives it when one is idle; without one it is to be made.
  Result<std::unique_ptr<CurlLane>> Await(const std::stop_token& stop, HttpDeadline deadline)
      EXCLUDES(mutex_);

  const HttpOptions& options_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<std::unique_ptr<CurlLane>> idle_ GUARDED_BY(mutex_);  // the last used at the end
  size_t lent_ GUARDED_BY(mutex_) = 0;
};

}  // namespace replicafs
