// Pauses that end early.
#pragma once

#include <chrono>
#include <stop_token>

namespace replicafs::azure {

// False: `stop` ended it.
bool Pause(std::chrono::milliseconds duration, const std::stop_token& stop);

}  // namespace replicafs::azure
