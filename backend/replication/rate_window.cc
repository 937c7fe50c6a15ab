#include "backend/replication/rate_window.h"

namespace replicafs {
namespace {

constexpr std::chrono::seconds kWindow{60};
constexpr std::chrono::seconds kBetweenSamples{5};

// Of a blob under way less may be counted than before, when another one is.
uint64_t Gain(uint64_t before, uint64_t after) {
  return after > before ? after - before : 0;
}

}  // namespace

LinkRate RateWindow::Add(Time now, const Totals& totals) {
  if (samples_.empty() || now - samples_.back().time >= kBetweenSamples)
    samples_.push_back({now, totals});
  while (samples_.size() > 1 && now - samples_[1].time >= kWindow) samples_.pop_front();
  const Sample& first = samples_.front();
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(now - first.time);
  return {.milliseconds = static_cast<uint64_t>(time.count()),
          .events = Gain(first.totals.events, totals.events),
          .versions = Gain(first.totals.versions, totals.versions),
          .logical_bytes = Gain(first.totals.logical_bytes, totals.logical_bytes),
          .sent_bytes = Gain(first.totals.sent_bytes, totals.sent_bytes)};
}

LinkRate RateWindow::Rest(Time now, const Totals& totals) {
  const LinkRate rate = Add(now, totals);
  samples_.clear();
  samples_.push_back({now, totals});
  return rate;
}

}  // namespace replicafs
