// How commands print policies: for a person, and as `az storage account or-policy` does.
#pragma once

#include <string>
#include <vector>

#include "backend/replication/policy.h"
#include "tools/command.h"

namespace replicafs {

// One account's half of a policy.
struct ShownPolicy {
  Policy half;
  std::string account;
};

// Of one account, or the source's half where `account` is empty and there is one. kNotFound.
Result<ShownPolicy> FindPolicyHalf(Context& context, const std::string& id,
                                   const std::string& account);

// The full resource id that an account on this machine goes by: its tenant is its resource group.
Result<std::string> ResourceIdOf(Context& context, const std::string& account);

// The JSON of Azure's command line, or a table.
Status PrintPolicy(Context& context, const ShownPolicy& shown);
Status PrintPolicies(Context& context, const std::vector<ShownPolicy>& shown);
void PrintRule(Context& context, const Rule& rule);
void PrintRules(Context& context, const std::vector<Rule>& rules);

std::string DescribePolicy(const Policy& policy);

}  // namespace replicafs
