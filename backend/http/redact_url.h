// URLs as they may be logged.
#pragma once

#include <string>
#include <string_view>

namespace replicafs {

// The URL without what gives access: the values of the query's `sig` parameters (a shared access
// signature's; however the name is written or encoded) and what stands before an `@` in front of
// the host are "REDACTED". Takes any text.
std::string RedactUrl(std::string_view url);

}  // namespace replicafs
