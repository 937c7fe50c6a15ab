// The policy definition: the JSON in which Azure's object replication policies are written down,
// sent and shown ("Object Replication Policies - Create Or Update"; `az storage account
// or-policy`).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backend/base/result.h"
#include "backend/base/time.h"
#include "backend/replication/policy.h"

namespace replicafs {

// Takes {"properties": {…}}, and the same without "properties" as `az … or-policy show` prints it.
// Members that Azure answers with and nobody sets (id, name, type, resourceGroup, enabledTime) are
// passed over; others that are unknown are refused. Absent policyId: "default"; absent ruleId: "".
// kInvalid names the member, as "properties.rules[2].filters.minCreationTime", and the remedy. The
// policy is not validated otherwise (Validate), and its rules have no start_sequence.
Result<Policy> ParseDefinition(std::string_view text);

// What `az storage account or-policy show` prints of the half in `account_resource_id`, byte for
// byte: two spaces a level, members in order, null for what is not set. Without a newline at the
// end.
std::string PrintDefinition(const Policy& half, std::string_view account_resource_id);
// The same of a rule, for `or-policy rule show`.
std::string PrintDefinition(const Rule& rule);
// Lists of them, as `list` and `rule list` print them.
std::string PrintDefinitions(const std::vector<std::pair<Policy, std::string>>& halves);
std::string PrintDefinitions(const std::vector<Rule>& rules);

// "2020-02-19T16:05:00Z", with the digits of a second that it has. kInvalid says what is wrong.
Result<Timestamp> ParseCreationTime(std::string_view text);
std::string PrintCreationTime(Timestamp time);

}  // namespace replicafs
