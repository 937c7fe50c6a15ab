// How fast a link has been in the last minute.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

#include "backend/replication/link_state.h"

namespace replicafs {

// For one thread.
class RateWindow {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // What a link has done since its policy was created.
  struct Totals {
    uint64_t events = 0;  // its cursor
    uint64_t versions = 0;
    uint64_t logical_bytes = 0;
    uint64_t sent_bytes = 0;
  };

  // What was done since about a minute ago, or since the link had nothing to do if that is less.
  LinkRate Add(Time now, const Totals& totals);
  // The same; and time without work does not count as slow work.
  LinkRate Rest(Time now, const Totals& totals);

 private:
  struct Sample {
    Time time;
    Totals totals;
  };

  std::deque<Sample> samples_;  // a few seconds apart, oldest first
};

}  // namespace replicafs
