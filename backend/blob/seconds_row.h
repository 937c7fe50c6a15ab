// State rows that hold how long something takes.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "backend/base/result.h"

namespace replicafs {

// Seconds in decimal; an absent row: no time. kInvalid names the row that holds something else, or
// more than `most`.
Result<std::chrono::seconds> ParseSecondsRow(std::string_view key,
                                             const std::optional<std::string>& row,
                                             std::chrono::seconds most);

}  // namespace replicafs
