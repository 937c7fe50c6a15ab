// Prices that a user has written down: TOML, one key a price, the unit in its name.
#pragma once

#include <string>
#include <string_view>

#include "backend/base/result.h"
#include "backend/replication/estimate_cost.h"

namespace replicafs {

// A file with these prices, explained.
std::string PrintPrices(const PriceList& prices);
// Keys that are missing keep their example. kInvalid, naming the line and the key, for anything
// that is no TOML, unknown keys, and prices that are no numbers or negative. `name` is the file's.
Result<PriceList> ParsePrices(std::string_view text, std::string_view name);

}  // namespace replicafs
