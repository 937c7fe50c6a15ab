// How a service is spoken to.
#pragma once

#include <stop_token>
#include <string>

#include "backend/azure/retry.h"
#include "backend/base/clock.h"

namespace replicafs::azure {

struct ServiceOptions {
  std::string api_version = "2023-11-03";
  RetryOptions retry;
  // Between questions whether a copy that the service makes on its own is done.
  std::chrono::milliseconds copy_poll_pause{500};
  // Ends every call with kCancelled.
  std::stop_token stop;
  const Clock* clock = &SystemClock();
};

}  // namespace replicafs::azure
