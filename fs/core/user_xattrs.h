// How user xattrs are kept in a blob's metadata: the key is "xattr_" and the name (after "user.")
// in lower-case hexadecimal, the value is base64. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/blob/blob_info.h"

namespace replicafs {

constexpr std::string_view kUserPrefix = "user.";
constexpr size_t kXattrValueMaxBytes = size_t{64} << 10;

// Names are whole: "user.NAME".
std::optional<std::string> UserXattr(const StringMap& metadata, std::string_view name);
std::vector<std::string> UserXattrNames(const StringMap& metadata);
void SetUserXattr(StringMap& metadata, std::string_view name, std::string_view value);
// False when there was none.
bool RemoveUserXattr(StringMap& metadata, std::string_view name);

// Whether a metadata key holds a user xattr.
bool IsUserXattrKey(std::string_view key);

}  // namespace replicafs
