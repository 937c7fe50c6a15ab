// How fast content is read at a source. For this folder alone.
#pragma once

#include <chrono>
#include <vector>

#include "backend/base/result.h"
#include "backend/replication/link_state.h"
#include "backend/replication/staging.h"
#include "backend/replication/staging_plan.h"

namespace replicafs {

constexpr uint64_t kSampleBytesMax = uint64_t{64} << 20;
constexpr std::chrono::milliseconds kSampleTimeMax{1000};

// Reads the first pieces that it is shown, within the two limits. For one thread.
class ReadSample {
 public:
  // Content that cannot be read is no part of the sample.
  void Add(const std::vector<StagingPiece>& pieces, const std::vector<StageItem>& items);
  // Zero milliseconds: nothing was read, or too little to tell.
  LinkRate rate() const;

 private:
  bool IsFull() const { return bytes_ >= kSampleBytesMax || time_ >= kSampleTimeMax; }

  uint64_t versions_ = 0;
  uint64_t bytes_ = 0;
  std::chrono::steady_clock::duration time_{0};
};

}  // namespace replicafs
