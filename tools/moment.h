// Moments on the command line.
#pragma once

#include <string>
#include <string_view>

#include "backend/base/result.h"
#include "backend/base/time.h"

namespace replicafs {

constexpr char kMomentText[] =
    "RFC 3339 (2026-11-20T20:31:07Z), a version id, or how long ago (-2h, -7d)";

// kInvalid, naming the option, for anything else and for what has not come yet.
Result<Timestamp> ParseMoment(std::string_view option, std::string_view text, Timestamp now);

}  // namespace replicafs
