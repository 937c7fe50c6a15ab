// Dates of HTTP headers: "Fri, 20 Nov 2026 20:21:37 GMT" (RFC 9110, 5.6.7; IMF-fixdate).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backend/base/time.h"

namespace replicafs::azure {

// Whole seconds; what is more is cut off.
std::string HttpDate(Timestamp time);
// nullopt for anything but the one form, impossible dates included. The name of the day is not
// compared with the date.
std::optional<Timestamp> ParseHttpDate(std::string_view text);

}  // namespace replicafs::azure
