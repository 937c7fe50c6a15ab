// How names are written at the service. It takes neither control characters nor U+FFFE and U+FFFF,
// and makes a backslash a slash; here they are names like any other. They are replaced by
// look-alikes, as rclone does it, so that both show the same names:
//
//   U+0001…U+001F   U+2401…U+241F        U+007F   U+2421        \   U+FF3C
//   U+FFFE, U+FFFF  U+2422, U+2423
//   one of the replacements, or U+201B, as it stands: U+201B before it
// Source: rclone.org/overview/#encoding; "Naming and Referencing Containers, Blobs, and Metadata".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace replicafs::azure {

// ASCII without these is the same there.
std::string ServiceName(std::string_view name);
// The name whose ServiceName it is; nullopt when there is none: such a blob cannot be shown.
std::optional<std::string> LocalName(std::string_view service_name);

}  // namespace replicafs::azure
