// Where a version's content lies: what Azure calls its access tier.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace replicafs {

enum class Tier : uint8_t { kHot = 0, kCool = 1, kCold = 2, kArchive = 3 };
std::string_view ToString(Tier tier);                  // "Hot", as x-ms-access-tier
std::optional<Tier> ParseTier(std::string_view text);  // any case

}  // namespace replicafs
