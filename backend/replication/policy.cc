#include "backend/replication/policy.h"

#include <algorithm>
#include <set>
#include <utility>

#include "backend/blob/names.h"
#include "backend/blob/utf8.h"
#include "backend/replication/json.h"

namespace replicafs {
namespace {

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalid, std::move(message)};
}

std::string Name(const Rule& rule) {
  return "the rule '" + rule.source_container + "' to '" + rule.destination_container + "'";
}

Status ValidatePrefixes(const Rule& rule) {
  if (rule.prefixes.size() > kPrefixesMax) {
    return Invalid(Name(rule) + " has " + std::to_string(rule.prefixes.size()) +
                   " prefixes: at most " + std::to_string(kPrefixesMax) + " are allowed");
  }
  std::set<std::string_view> seen;
  for (const std::string& prefix : rule.prefixes) {
    if (prefix.empty())
      return Invalid(Name(rule) + " has an empty prefix: leave it out to copy every blob");
    if (!IsUtf8(prefix)) return Invalid(Name(rule) + " has a prefix that is not UTF-8");
    if (!seen.insert(prefix).second)
      return Invalid(Name(rule) + " names the prefix '" + prefix + "' twice");
  }
  return Ok();
}

Result<Rule> DecodeRule(const nlohmann::json& object) {
  json::Members members(object);
  Rule rule{.rule_id = members.Text("ruleId"),
            .source_container = members.Text("sourceContainer"),
            .destination_container = members.Text("destinationContainer"),
            .prefixes = members.Texts("prefixMatch"),
            .start_sequence = members.Number("startSequence")};
  if (!members.complete()) return Error{ErrorCode::kCorrupt, "a rule of a policy is incomplete"};
  return rule;
}

}  // namespace

bool Matches(const Rule& rule, std::string_view container, std::string_view name) {
  return rule.source_container == container &&
         (rule.prefixes.empty() ||
          std::any_of(rule.prefixes.begin(), rule.prefixes.end(),
                      [&](const std::string& prefix) { return name.starts_with(prefix); }));
}

const Rule* FindRule(const Policy& policy, std::string_view container, std::string_view name) {
  for (const Rule& rule : policy.rules) {
    if (Matches(rule, container, name)) return &rule;
  }
  return nullptr;
}

const Rule* FindRuleById(const Policy& policy, std::string_view rule_id) {
  for (const Rule& rule : policy.rules) {
    if (rule.rule_id == rule_id) return &rule;
  }
  return nullptr;
}

Status Validate(const Policy& policy) {
  TRY(ValidateAccountName(policy.source_account));
  TRY(ValidateAccountName(policy.destination_account));
  if (policy.source_account == policy.destination_account)
    return Invalid("the source and the destination are both the account '" + policy.source_account +
                   "': a policy copies to another account");
  if (policy.rules.empty()) return Invalid("a policy takes at least one rule");
  if (policy.rules.size() > kRulesMax) {
    return Invalid("the policy has " + std::to_string(policy.rules.size()) + " rules: at most " +
                   std::to_string(kRulesMax) + " are allowed");
  }
  std::set<std::string_view> sources;
  std::set<std::string_view> destinations;
  for (const Rule& rule : policy.rules) {
    TRY(ValidateContainerName(rule.source_container));
    TRY(ValidateContainerName(rule.destination_container));
    TRY(ValidatePrefixes(rule));
    if (!sources.insert(rule.source_container).second) {
      return Invalid("two rules have the source container '" + rule.source_container +
                     "': join them into one rule");
    }
    if (!destinations.insert(rule.destination_container).second) {
      return Invalid("two rules have the destination container '" + rule.destination_container +
                     "': give each rule its own");
    }
  }
  return Ok();
}

std::string EncodePolicy(const Policy& policy) {
  auto rules = nlohmann::json::array();
  for (const Rule& rule : policy.rules) {
    rules.push_back({{"ruleId", rule.rule_id},
                     {"sourceContainer", rule.source_container},
                     {"destinationContainer", rule.destination_container},
                     {"prefixMatch", rule.prefixes},
                     {"startSequence", rule.start_sequence}});
  }
  return json::Encode({{"policyId", policy.policy_id},
                       {"sourceAccount", policy.source_account},
                       {"destinationAccount", policy.destination_account},
                       {"enabledTime", ToString(policy.enabled_time)},
                       {"rules", std::move(rules)}});
}

Result<Policy> DecodePolicy(std::string_view text) {
  const auto object = TRY(json::DecodeObject(text, "policy"));
  json::Members members(object);
  Policy policy{.policy_id = members.Text("policyId"),
                .source_account = members.Text("sourceAccount"),
                .destination_account = members.Text("destinationAccount"),
                .enabled_time = members.Time("enabledTime")};
  for (const auto& element : members.Objects("rules")) {
    auto rule = TRY(DecodeRule(element));
    policy.rules.push_back(std::move(rule));
  }
  if (!members.complete()) {
    return Error{ErrorCode::kCorrupt, "the row of policy '" + policy.policy_id + "' is incomplete"};
  }
  return policy;
}

}  // namespace replicafs
