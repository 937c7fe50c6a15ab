// How estimates are printed, kept in a file, and compared with what came of them.
#pragma once

#include <string>
#include <string_view>

#include "backend/replication/estimate.h"
#include "backend/replication/estimate_cost.h"
#include "backend/replication/estimate_outcome.h"
#include "tools/output.h"

namespace replicafs {

struct PricedEstimate {
  Estimate estimate;
  PriceList prices;
  bool example_prices = true;  // nobody gave others
};

Json ToJson(const PricedEstimate& priced);
std::string Describe(const PricedEstimate& priced);

// Of what ToJson printed: what ReadOutcome asks for and CompareJson compares. kInvalid.
Result<Estimate> ParseEstimate(std::string_view text, const std::string& file);

Json ComparisonJson(const Estimate& estimate, const EstimateOutcome& outcome);
std::string DescribeComparison(const Estimate& estimate, const EstimateOutcome& outcome);

}  // namespace replicafs
