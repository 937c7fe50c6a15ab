#include "tools/policy_output.h"

#include <utility>

#include "backend/replication/policy_definition.h"
#include "backend/replication/resource_id.h"

namespace replicafs {
namespace {

constexpr const char* kNoSubscription = "00000000-0000-0000-0000-000000000000";

std::string Scope(const Rule& rule) {
  if (!rule.min_creation_time) return "what changes from its creation on";
  if (*rule.min_creation_time == kEverything) return "everything";
  return "blobs created since " + PrintCreationTime(*rule.min_creation_time);
}

std::string Prefixes(const Rule& rule) {
  std::string prefixes;
  for (const std::string& prefix : rule.prefixes)
    prefixes += (prefixes.empty() ? "" : " ") + Printable(prefix);
  return prefixes.empty() ? "every name" : prefixes;
}

Table TableOf(const std::vector<Rule>& rules) {
  Table table({{"RULE"}, {"FROM"}, {"TO"}, {"PREFIXES"}, {"COPIES"}});
  for (const Rule& rule : rules)
    table.AddRow({OrDash(rule.rule_id), rule.source_container, rule.destination_container,
                  Prefixes(rule), Scope(rule)});
  return table;
}

std::string Flags(const Policy& policy) {
  std::string flags;
  for (const auto& [name, value] :
       {std::pair("metrics", policy.metrics), std::pair("priority", policy.priority_replication),
        std::pair("tags", policy.tags_replication)}) {
    if (value.value_or(false)) flags += (flags.empty() ? "" : " ") + std::string(name);
  }
  return OrDash(flags);
}

}  // namespace

Result<std::string> ResourceIdOf(Context& context, const std::string& account) {
  const AccountDescriptor descriptor = TRY(context.accounts.Describe(account));
  if (!descriptor.resource_id.empty()) return descriptor.resource_id;
  return ToString(
      ResourceId{.subscription = kNoSubscription,
                 .resource_group = descriptor.tenant.empty() ? "replicafs" : descriptor.tenant,
                 .account = account});
}

Status PrintPolicy(Context& context, const ShownPolicy& shown) {
  if (!context.json()) {
    PrintText(DescribePolicy(shown.half));
    return Ok();
  }
  const std::string account = TRY(ResourceIdOf(context, shown.account));
  PrintText(PrintDefinition(shown.half, account) + "\n");
  return Ok();
}

Status PrintPolicies(Context& context, const std::vector<ShownPolicy>& shown) {
  if (context.json()) {
    std::vector<std::pair<Policy, std::string>> halves;
    for (const ShownPolicy& policy : shown)
      halves.emplace_back(policy.half, TRY(ResourceIdOf(context, policy.account)));
    PrintText(PrintDefinitions(halves) + "\n");
    return Ok();
  }
  Table table({{"POLICY"}, {"SOURCE"}, {"DESTINATION"}, {"SINCE"}, {"RULES"}});
  for (const ShownPolicy& policy : shown) {
    std::string rules;
    for (const Rule& rule : policy.half.rules)
      rules +=
          (rules.empty() ? "" : " ") + rule.source_container + ":" + rule.destination_container;
    const bool is_enabled = policy.half.enabled_time != Timestamp{};
    table.AddRow({policy.half.policy_id, policy.half.source_account,
                  policy.half.destination_account,
                  is_enabled ? ToString(policy.half.enabled_time) : "-", rules});
  }
  PrintText(table.ToString());
  return Ok();
}

void PrintRule(Context& context, const Rule& rule) {
  PrintText(context.json() ? PrintDefinition(rule) + "\n" : TableOf({rule}).ToString());
}

void PrintRules(Context& context, const std::vector<Rule>& rules) {
  PrintText(context.json() ? PrintDefinitions(rules) + "\n" : TableOf(rules).ToString());
}

std::string DescribePolicy(const Policy& policy) {
  const bool is_enabled = policy.enabled_time != Timestamp{};
  const std::string text =
      ToString({{"policy", policy.policy_id},
                {"source", policy.source_account},
                {"destination", policy.destination_account},
                {"since", is_enabled ? ToString(policy.enabled_time) : "not on the source yet"},
                {"with", Flags(policy)}});
  return text + "\n" + TableOf(policy.rules).ToString();
}

}  // namespace replicafs
