#include "backend/replication/forecast_tally.h"

#include <utility>

namespace replicafs {

void ForecastTally::Add(const CopyBatch& batch) {
  for (const FailedEvent& failed : batch.failed) {
    const Event& event = failed.event;
    FailureForecast& forecast = by_code_[failed.fault.code];
    ++forecast.events;
    if (forecast.reason.empty()) forecast.reason = failed.fault.reason;
    const BlobPath path{event.container, event.name};
    if (forecast.examples.size() < kForecastExamples) forecast.examples.push_back(ToString(path));
    if (event.kind == EventKind::kCreated) {
      forecast.bytes += event.size_bytes;
    } else {
      passing_[path].push_back({event.sequence, failed.fault.code});
    }
  }
  if (passing_.empty()) return;
  for (const Event& event : batch.done) {
    if (event.kind != EventKind::kCreated && event.kind != EventKind::kDeleted) continue;
    const auto found = passing_.find({event.container, event.name});
    if (found == passing_.end()) continue;
    std::erase_if(found->second, [&](const Passing& failed) {
      const bool over = failed.sequence < event.sequence;
      if (over) --by_code_[failed.code].events;
      return over;
    });
  }
}

std::vector<FailureForecast> ForecastTally::Take() {
  std::vector<FailureForecast> all;
  for (auto& [code, forecast] : by_code_) {
    if (forecast.events == 0) continue;
    forecast.code = code;
    all.push_back(std::move(forecast));
  }
  return all;
}

}  // namespace replicafs
