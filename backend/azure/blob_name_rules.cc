#include "backend/azure/blob_name_rules.h"

#include <algorithm>

#include "backend/blob/names.h"

namespace replicafs::azure {

Status CheckBlobName(std::string_view name) {
  TRY(ValidateBlobName(name, NameLimits{}));
  const auto invalid = [&](std::string_view why) {
    return Error{ErrorCode::kInvalid, "the service cannot keep the blob name '" +
                                          std::string(name) + "': " + std::string(why)};
  };
  if (name.find('\\') != std::string_view::npos) return invalid("it takes a backslash for a slash");
  if (std::any_of(name.begin(), name.end(), [](char c) { return c >= 0 && c < 0x20; }))
    return invalid("it refuses control characters");
  for (const std::string_view noncharacter : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    if (name.find(noncharacter) != std::string_view::npos)
      return invalid("it refuses U+FFFE and U+FFFF");
  }
  return Ok();
}

}  // namespace replicafs::azure
