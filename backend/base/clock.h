// The time of day, as an outside thing: tests move it by hand.
#pragma once

#include "backend/base/time.h"

namespace replicafs {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // May step backwards; what needs an order must not rely on it alone.
  virtual Timestamp Now() const = 0;
};

// The machine's clock.
const Clock& SystemClock();

}  // namespace replicafs
