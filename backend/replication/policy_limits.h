// Azure's numeric limits on policies ("Object replication for block blobs"), where --limits
// extended does not lift them. The number of prefixes of a rule is written down nowhere; ten were
// seen.
#pragma once

#include <cstddef>

namespace replicafs {

constexpr size_t kRulesMax = 1000;             // of a policy
constexpr size_t kPrefixesMax = 10;            // of a rule
constexpr size_t kDestinationAccountsMax = 2;  // of a source account
constexpr size_t kIncomingPoliciesMax = 2;     // of a destination account

enum class Limits { kAzure, kExtended };

}  // namespace replicafs
