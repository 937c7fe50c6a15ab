// Counts the failures that a link would have recorded in the end (failure_log.h). For this folder
// alone.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "backend/replication/copy_batch.h"
#include "backend/replication/estimate.h"

namespace replicafs {

// For one thread. A failed version counts also when it would be superseded.
class ForecastTally {
 public:
  void Add(const CopyBatch& batch);
  std::vector<FailureForecast> Take();

 private:
  // A failed removal or change of properties: forgotten when something newer of its blob is done.
  struct Passing {
    uint64_t sequence = 0;
    std::string code;
  };

  std::map<std::string, FailureForecast> by_code_;
  std::map<BlobPath, std::vector<Passing>> passing_;
};

}  // namespace replicafs
