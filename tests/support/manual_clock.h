// A clock that stands still until a test moves it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "backend/base/clock.h"

namespace replicafs {

// Thread-safe.
class ManualClock final : public Clock {
 public:
  // 2026-01-01T00:00:00Z.
  static constexpr Timestamp kStart{17'672'256'000'000'000};

  explicit ManualClock(Timestamp start = kStart) : ticks_(start.ticks) {}

  // Advances by the auto-advance after it has answered.
  Timestamp Now() const override { return Timestamp{ticks_.fetch_add(auto_advance_ticks_)}; }

  void Set(Timestamp time) { ticks_ = time.ticks; }
  // Backwards when negative.
  void Advance(std::chrono::milliseconds by) { ticks_ += TicksIn(by); }
  // Zero (the start): none.
  void SetAutoAdvance(std::chrono::milliseconds by) { auto_advance_ticks_ = TicksIn(by); }

 private:
  static int64_t TicksIn(std::chrono::milliseconds time) {
    return time.count() * (Timestamp::kTicksPerSecond / 1000);
  }

  mutable std::atomic<int64_t> ticks_;
  std::atomic<int64_t> auto_advance_ticks_ = 0;
};

}  // namespace replicafs
