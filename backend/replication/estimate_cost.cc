#include "backend/replication/estimate_cost.h"

namespace replicafs {
namespace {

constexpr double kTenThousand = 10'000;
constexpr double kGib = 1'073'741'824;

// The table's rows in the document's order, of copying so much.
struct Work {
  CostPeriod period = CostPeriod::kOnce;
  uint64_t records = 0;
  std::optional<uint64_t> records_here;
  uint64_t copies = 0;  // of versions, properties included
  std::optional<uint64_t> reads_here;
  std::optional<uint64_t> writes_here;
  uint64_t bytes = 0;
  std::optional<uint64_t> bytes_here;
};

void AddTransfer(const Work& work, const PriceList& prices, std::vector<CostItem>& items) {
  items.push_back({work.period, "changeFeedReads", "read change feed records", "records",
                   prices.change_feed_read_per_10000_records / kTenThousand, work.records,
                   work.records_here});
  items.push_back({work.period, "sourceReads", "read versions at the source", "operations",
                   prices.source_read_per_10000_operations / kTenThousand, work.copies,
                   work.reads_here});
  items.push_back({work.period, "destinationWrites", "write versions at the destination",
                   "operations", prices.destination_write_per_10000_operations / kTenThousand,
                   work.copies, work.writes_here});
  items.push_back({work.period, "egress", "send versions over the network", "bytes",
                   prices.egress_per_gib / kGib, work.bytes, work.bytes_here});
}

}  // namespace

std::string_view ToString(CostPeriod period) {
  switch (period) {
    case CostPeriod::kOnce: return "once";
    case CostPeriod::kEachMonth: return "month";
    case CostPeriod::kRecent: return "recentChanges";
  }
  return "once";
}

std::optional<double> CostItem::here_cost() const {
  if (!here) return std::nullopt;
  return static_cast<double>(*here) * price;
}

std::vector<CostItem> CostsOf(const Estimate& estimate, const PriceList& prices) {
  std::vector<CostItem> items;
  const uint64_t copies = estimate.versions + estimate.property_changes;
  AddTransfer({.period = CostPeriod::kOnce,
               .records = estimate.events,
               .records_here = estimate.head - estimate.cursor,
               .copies = copies,
               .reads_here = estimate.read_versions,
               .writes_here = copies,
               .bytes = estimate.bytes,
               .bytes_here = estimate.sent_bytes},
              prices, items);
  items.push_back(
      {CostPeriod::kEachMonth, "destinationStorage", "store versions at the destination", "bytes",
       prices.destination_storage_per_gib_month / kGib, estimate.bytes, estimate.sent_bytes});
  AddTransfer({.period = CostPeriod::kRecent,
               .records = estimate.recent.operations,
               .copies = estimate.recent.operations,
               .bytes = estimate.recent.bytes},
              prices, items);
  return items;
}

}  // namespace replicafs
