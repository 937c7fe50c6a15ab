// Changes that another writer thwarted.
#pragma once

#include "backend/base/result.h"

namespace replicafs {

// Works the change out anew, a few times, for as long as it fails with kPrecondition.
template <class Attempt>
Status Repeat(const Attempt& attempt) {
  constexpr int kAttemptsMax = 5;
  for (int i = 1;; ++i) {
    Status done = attempt();
    if (done || done.error().code != ErrorCode::kPrecondition || i == kAttemptsMax) return done;
  }
}

}  // namespace replicafs
