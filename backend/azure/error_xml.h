// The body of an error.
#pragma once

#include <string>
#include <string_view>

#include "backend/base/result.h"

namespace replicafs::azure {

struct ErrorBody {
  std::string code;
  std::string message;
};

Result<ErrorBody> ParseErrorXml(std::string_view xml);

}  // namespace replicafs::azure
