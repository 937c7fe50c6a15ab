// policy list | show | delete
#include "tools/policy_output.h"

#include "backend/replication/policy_store.h"
#include "tools/command.h"

namespace replicafs {
namespace {

std::string RuleText(const Rule& rule) {
  return rule.source_container + ":" + rule.destination_container;
}

Result<ExitCode> List(Context& context) {
  const std::vector<Policy> policies = TRY(ListAllPolicies(context.accounts));
  if (context.json()) {
    Json list = Json::array();
    for (const Policy& policy : policies) list.push_back(ToJson(policy));
    PrintJson(list);
    return ExitCode::kOk;
  }
  if (policies.empty()) {
    PrintText(
        "no policies; create one: replicafs policy create --source A --destination B "
        "--rule SRC:DST\n");
    return ExitCode::kOk;
  }
  Table table({{"POLICY"}, {"SOURCE"}, {"DESTINATION"}, {"SINCE"}, {"RULES"}});
  for (const Policy& policy : policies) {
    std::string rules;
    for (const Rule& rule : policy.rules) rules += (rules.empty() ? "" : " ") + RuleText(rule);
    table.AddRow({policy.policy_id, policy.source_account, policy.destination_account,
                  ToString(policy.enabled_time), rules});
  }
  PrintText(table.ToString());
  return ExitCode::kOk;
}

Result<ExitCode> Show(Context& context, const std::string& id) {
  const std::vector<Policy> policies = TRY(ListAllPolicies(context.accounts));
  for (const Policy& policy : policies) {
    if (policy.policy_id != id) continue;
    if (context.json()) {
      PrintJson(ToJson(policy));
    } else {
      PrintText(DescribePolicy(policy));
    }
    return ExitCode::kOk;
  }
  return Error{ErrorCode::kNotFound, "no policy '" + id + "' below " + context.accounts.root() +
                                         "; see: replicafs policy list"};
}

Result<ExitCode> Delete(Context& context, const std::string& id) {
  TRY(DeletePolicy(context.accounts, id));
  if (context.json()) {
    PrintJson({{"deleted", id}});
  } else {
    PrintText("deleted policy " + id +
              "; its replicas stay, and their containers take writes again\n");
  }
  return ExitCode::kOk;
}

void AddWithId(CommandLine& line, CLI::App& group, const CommandHelp& help,
               Result<ExitCode> (*body)(Context&, const std::string&)) {
  const auto id = std::make_shared<std::string>();
  CLI::App& command =
      line.Add(group, help, [id, body](Context& context) { return body(context, *id); });
  command.add_option("ID", *id, "The policy's id, as `policy list` prints it")->required();
}

}  // namespace

Json ToJson(const Policy& policy) {
  Json rules = Json::array();
  for (const Rule& rule : policy.rules)
    rules.push_back({{"ruleId", rule.rule_id},
                     {"sourceContainer", rule.source_container},
                     {"destinationContainer", rule.destination_container},
                     {"prefixes", rule.prefixes},
                     {"startSequence", rule.start_sequence}});
  return {{"policyId", policy.policy_id},
          {"sourceAccount", policy.source_account},
          {"destinationAccount", policy.destination_account},
          {"enabledTime", JsonTime(policy.enabled_time)},
          {"rules", rules}};
}

std::string DescribePolicy(const Policy& policy) {
  std::string text = ToString({{"policy", policy.policy_id},
                               {"source", policy.source_account},
                               {"destination", policy.destination_account},
                               {"since", ToString(policy.enabled_time)}});
  Table table({{"RULE"}, {"FROM"}, {"TO"}, {"PREFIXES"}, {"COPIES"}});
  for (const Rule& rule : policy.rules) {
    std::string prefixes;
    for (const std::string& prefix : rule.prefixes)
      prefixes += (prefixes.empty() ? "" : " ") + Printable(prefix);
    table.AddRow({rule.rule_id, rule.source_container, rule.destination_container,
                  prefixes.empty() ? "every name" : prefixes,
                  rule.start_sequence == 0
                      ? "existing and new"
                      : "changes above " + std::to_string(rule.start_sequence)});
  }
  return text + "\n" + table.ToString();
}

void AddPolicyCommands(CommandLine& line) {
  CLI::App& group = line.Group("policy", "Which containers are copied to which.");
  AddPolicyCreate(line, group);
  line.Add(group,
           {.name = "list",
            .sentence = "Lists the policies of all accounts.",
            .example = "replicafs policy list",
            .exit_codes = {}},
           List);
  AddWithId(line, group,
            {.name = "show",
             .sentence = "Prints a policy and its rules.",
             .example = "replicafs policy show 5a3c1e9c-0000-4000-8000-000000000000",
             .exit_codes = {}},
            Show);
  AddWithId(line, group,
            {.name = "delete",
             .sentence = "Ends a policy at once. Replicas stay; destinations take writes again.",
             .example = "replicafs policy delete 5a3c1e9c-0000-4000-8000-000000000000",
             .exit_codes = {}},
            Delete);
}

}  // namespace replicafs
