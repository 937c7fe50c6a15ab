// What an estimate costs, by the table of Azure's document on object replication ("Billing"): what
// replicating data costs. What a change costs at the source is the same without a policy.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/replication/estimate.h"

namespace replicafs {

// Examples; each service, region, tier and contract has its own.
struct PriceList {
  std::string currency = "USD";
  double change_feed_read_per_10000_records = 0.004;
  double source_read_per_10000_operations = 0.004;
  double destination_write_per_10000_operations = 0.05;
  double egress_per_gib = 0.02;
  double destination_storage_per_gib_month = 0.018;
};

enum class CostPeriod {
  kOnce,       // to copy what there is
  kEachMonth,  // to keep it
  kRecent,     // to copy what changes, if a month brings what the last kRecentDays brought
};
std::string_view ToString(CostPeriod period);  // "once", "month", "recentChanges"

struct CostItem {
  CostPeriod period = CostPeriod::kOnce;
  std::string_view id;    // stable, such as "egress"
  std::string_view what;  // for a person
  std::string_view unit;  // "records", "operations", "bytes"
  double price = 0;       // of a unit
  // As the document bills it: whole versions, whether their blocks are there already or not.
  uint64_t billed = 0;
  // What really moves or is stored here; nullopt: it cannot be told beforehand.
  std::optional<uint64_t> here;

  double billed_cost() const { return static_cast<double>(billed) * price; }
  std::optional<double> here_cost() const;
};

std::vector<CostItem> CostsOf(const Estimate& estimate, const PriceList& prices);

}  // namespace replicafs
