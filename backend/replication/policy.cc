#include "backend/replication/policy.h"

#include <algorithm>
#include <map>
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

bool IsGuid(std::string_view text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return text.size() == kForm.size() &&
         std::equal(text.begin(), text.end(), kForm.begin(), [](char c, char form) {
           return form == '-' ? c == '-' : std::isxdigit(static_cast<unsigned char>(c)) != 0;
         });
}

// Ids name rows and files, so nothing else than GUIDs will do.
Status ValidateIds(const Policy& policy) {
  const std::string& id = policy.policy_id;
  if (!id.empty() && id != kDefaultPolicyId && !IsGuid(id))
    return Invalid("the policy's id '" + id + "' is neither a GUID nor '" +
                   std::string(kDefaultPolicyId) + "'");
  std::set<std::string_view> seen;
  for (const Rule& rule : policy.rules) {
    if (rule.rule_id.empty()) continue;
    if (!IsGuid(rule.rule_id))
      return Invalid(Name(rule) + " has the id '" + rule.rule_id + "', which is no GUID");
    if (!seen.insert(rule.rule_id).second) return Invalid("two rules have the id " + rule.rule_id);
  }
  return Ok();
}

Status ValidatePrefixes(const Rule& rule, Limits limits) {
  if (limits == Limits::kAzure && rule.prefixes.size() > kPrefixesMax) {
    return Invalid(Name(rule) + " has " + std::to_string(rule.prefixes.size()) +
                   " prefixes: at most " + std::to_string(kPrefixesMax) +
                   " are allowed (or lift the limit with --limits extended)");
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
  if (object.contains("minCreationTime")) rule.min_creation_time = members.Time("minCreationTime");
  if (!members.complete()) return Error{ErrorCode::kCorrupt, "a rule of a policy is incomplete"};
  return rule;
}

nlohmann::json ToJson(const Rule& rule) {
  nlohmann::json object{{"ruleId", rule.rule_id},
                        {"sourceContainer", rule.source_container},
                        {"destinationContainer", rule.destination_container},
                        {"prefixMatch", rule.prefixes},
                        {"startSequence", rule.start_sequence}};
  if (rule.min_creation_time) object["minCreationTime"] = ToString(*rule.min_creation_time);
  return object;
}

struct Flag {
  const char* name;
  std::optional<bool> Policy::*value;
};
constexpr Flag kFlags[] = {{"metrics", &Policy::metrics},
                           {"priorityReplication", &Policy::priority_replication},
                           {"tagsReplication", &Policy::tags_replication}};

struct Reference {
  const char* name;
  std::string Policy::*value;
};
constexpr Reference kReferences[] = {{"sourceResourceId", &Policy::source_resource_id},
                                     {"destinationResourceId", &Policy::destination_resource_id}};

// nullopt: they are the same rule.
std::optional<std::string> DifferenceOf(const Rule& rule, const Rule* other) {
  const std::string name = "rule " + rule.rule_id + ", '" + rule.source_container + "' to '" +
                           rule.destination_container + "', ";
  if (other == nullptr) return name + "is in the source account's half of the policy alone";
  if (other->source_container != rule.source_container ||
      other->destination_container != rule.destination_container)
    return name + "has other containers in the destination account's half: '" +
           other->source_container + "' to '" + other->destination_container + "'";
  if (other->prefixes != rule.prefixes || other->min_creation_time != rule.min_creation_time)
    return name + "has other filters in the destination account's half";
  return std::nullopt;
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

bool SamePair(const Policy& a, const Policy& b) {
  return a.source_account == b.source_account && a.destination_account == b.destination_account;
}

const Rule* FindRuleById(const Policy& policy, std::string_view rule_id) {
  for (const Rule& rule : policy.rules) {
    if (rule.rule_id == rule_id) return &rule;
  }
  return nullptr;
}

Status Validate(const Policy& policy, Limits limits) {
  TRY(ValidateAccountName(policy.source_account));
  TRY(ValidateAccountName(policy.destination_account));
  if (policy.source_account == policy.destination_account)
    return Invalid("the source and the destination are both the account '" + policy.source_account +
                   "': a policy copies to another account");
  if (policy.rules.empty()) return Invalid("a policy takes at least one rule");
  if (limits == Limits::kAzure && policy.rules.size() > kRulesMax) {
    return Invalid("the policy has " + std::to_string(policy.rules.size()) + " rules: at most " +
                   std::to_string(kRulesMax) +
                   " are allowed (or lift the limit with --limits extended)");
  }
  std::set<std::string_view> sources;
  std::set<std::string_view> destinations;
  for (const Rule& rule : policy.rules) {
    TRY(ValidateContainerName(rule.source_container));
    TRY(ValidateContainerName(rule.destination_container));
    TRY(ValidatePrefixes(rule, limits));
    if (!sources.insert(rule.source_container).second) {
      return Invalid("two rules have the source container '" + rule.source_container +
                     "': join them into one rule");
    }
    if (!destinations.insert(rule.destination_container).second) {
      return Invalid("two rules have the destination container '" + rule.destination_container +
                     "': give each rule its own");
    }
  }
  return ValidateIds(policy);
}

Policy Agreed(const Policy& at_source, const Policy& at_destination,
              std::vector<std::string>* differences) {
  std::map<std::string_view, const Rule*> there;
  for (const Rule& rule : at_destination.rules) there.emplace(rule.rule_id, &rule);
  Policy agreed = at_source;
  const auto differs = [&](const Rule& rule) {
    const auto other = there.find(rule.rule_id);
    const auto difference = DifferenceOf(rule, other == there.end() ? nullptr : other->second);
    if (difference && differences != nullptr) differences->push_back(*difference);
    return difference.has_value();
  };
  std::erase_if(agreed.rules, differs);
  if (differences == nullptr) return agreed;
  for (const Rule& rule : at_destination.rules) {
    if (FindRuleById(at_source, rule.rule_id) == nullptr)
      differences->push_back("rule " + rule.rule_id + ", '" + rule.source_container + "' to '" +
                             rule.destination_container +
                             "', is in the destination account's half of the policy alone");
  }
  return agreed;
}

std::string EncodeRule(const Rule& rule) {
  return json::Encode(ToJson(rule));
}

std::string EncodePolicy(const Policy& policy) {
  auto rules = nlohmann::json::array();
  for (const Rule& rule : policy.rules) rules.push_back(ToJson(rule));
  nlohmann::json object{{"policyId", policy.policy_id},
                        {"sourceAccount", policy.source_account},
                        {"destinationAccount", policy.destination_account},
                        {"enabledTime", ToString(policy.enabled_time)},
                        {"rules", std::move(rules)}};
  for (const Flag& flag : kFlags) {
    if (policy.*flag.value) object[flag.name] = *(policy.*flag.value);
  }
  for (const Reference& id : kReferences) {
    if (!(policy.*id.value).empty()) object[id.name] = policy.*id.value;
  }
  return json::Encode(object);
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
  for (const Flag& flag : kFlags) {
    const auto found = object.find(flag.name);
    if (found != object.end() && found->is_boolean()) policy.*flag.value = found->get<bool>();
  }
  for (const Reference& id : kReferences) {
    if (object.contains(id.name)) policy.*id.value = members.Text(id.name);
  }
  if (!members.complete()) {
    return Error{ErrorCode::kCorrupt, "the row of policy '" + policy.policy_id + "' is incomplete"};
  }
  return policy;
}

}  // namespace replicafs
