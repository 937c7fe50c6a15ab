// Spans of time on the command line.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace replicafs {

// "500ms", "120s", "5m", "2h", "1d"; a bare number counts seconds. nullopt for anything else and
// for more than ten years.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

}  // namespace replicafs
