// Credentials that whoever reads them can use go over TLS, or stay on this machine.
#pragma once

#include <string_view>

#include "backend/base/result.h"

namespace replicafs::azure {

// kPermission: the URL has no TLS and is not this machine's. `what` is for the message.
Status CheckNotExposed(std::string_view url, std::string_view what);

}  // namespace replicafs::azure
