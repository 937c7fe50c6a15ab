// How commands print a policy.
#pragma once

#include <string>

#include "backend/replication/policy.h"
#include "tools/output.h"

namespace replicafs {

Json ToJson(const Policy& policy);
std::string DescribePolicy(const Policy& policy);

}  // namespace replicafs
