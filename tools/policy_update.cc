// policy update, policy rule add | list | show | update | remove
#include <algorithm>
#include <optional>

#include "backend/replication/policy_change.h"
#include "backend/replication/policy_definition.h"
#include "backend/replication/policy_refusals.h"
#include "backend/replication/policy_store.h"
#include "tools/command.h"
#include "tools/policy_options.h"
#include "tools/policy_output.h"

namespace replicafs {
namespace {

struct Options {
  std::string id;
  std::string account;
  std::string rule_id;
  std::string file;
  RuleOptions rules;
  PolicyFlags flags;
};

Result<ExitCode> ChangeAndShow(Context& context, const Options& options,
                               const PolicyChange& change) {
  const PolicyChangeRequest request{.policy_id = options.id,
                                    .account = options.account,
                                    .change = change,
                                    .limits = options.flags.limits};
  ShownPolicy shown{.half = TRY(ChangePolicy(context.accounts, request)),
                    .account = options.account};
  if (shown.account.empty()) shown.account = shown.half.source_account;
  TRY(PrintPolicy(context, shown));
  return ExitCode::kOk;
}

Result<ExitCode> Update(Context& context, const Options& options) {
  std::optional<Policy> definition;
  if (!options.file.empty()) definition = TRY(ReadDefinition(options.file));
  if (!definition && !options.flags.given())
    return UsageError("nothing to change: give --policy FILE or one of the flags");
  return ChangeAndShow(context, options, [&](Policy& half) -> Status {
    if (definition) {
      if (definition->policy_id != half.policy_id && definition->policy_id != kDefaultPolicyId)
        return UsageError("the definition is of policy " + definition->policy_id + ", not of " +
                          half.policy_id);
      if (definition->source_account != half.source_account ||
          definition->destination_account != half.destination_account)
        return refusal::OtherAccounts(half);
      half.rules = definition->rules;
      half.metrics = definition->metrics;
      half.priority_replication = definition->priority_replication;
      half.tags_replication = definition->tags_replication;
    }
    options.flags.ApplyTo(half);
    return Ok();
  });
}

Result<std::vector<Rule>::iterator> FindRule(Policy& half, const std::string& rule_id) {
  const auto found = std::find_if(half.rules.begin(), half.rules.end(),
                                  [&](const Rule& rule) { return rule.rule_id == rule_id; });
  if (found == half.rules.end()) return refusal::UnknownRule(half, rule_id);
  return found;
}

Result<ExitCode> AddRule(Context& context, const Options& options) {
  const auto rules = TRY(options.rules.Rules());
  if (rules.empty()) return UsageError("give --rule SOURCE-CONTAINER:DESTINATION-CONTAINER");
  return ChangeAndShow(context, options, [&](Policy& half) -> Status {
    for (const RuleRequest& rule : rules) {
      half.rules.push_back(ToRule(rule));
      half.rules.back().rule_id = options.rule_id;
    }
    return Ok();
  });
}

Result<ExitCode> UpdateRule(Context& context, const Options& options) {
  const auto rules = TRY(options.rules.Rules());
  if (rules.size() != 1) return UsageError("give one --rule, with the filters that it has then");
  return ChangeAndShow(context, options, [&](Policy& half) -> Status {
    const auto rule = TRY(FindRule(half, options.rule_id));
    *rule = ToRule(rules[0]);
    rule->rule_id = options.rule_id;
    return Ok();
  });
}

Result<ExitCode> RemoveRule(Context& context, const Options& options) {
  return ChangeAndShow(context, options, [&](Policy& half) -> Status {
    const auto rule = TRY(FindRule(half, options.rule_id));
    if (half.rules.size() == 1) return refusal::LastRule(half);
    half.rules.erase(rule);
    return Ok();
  });
}

Result<ExitCode> ListRules(Context& context, const Options& options) {
  const ShownPolicy shown = TRY(FindPolicyHalf(context, options.id, options.account));
  PrintRules(context, shown.half.rules);
  return ExitCode::kOk;
}

Result<ExitCode> ShowRule(Context& context, const Options& options) {
  ShownPolicy shown = TRY(FindPolicyHalf(context, options.id, options.account));
  const auto rule = TRY(FindRule(shown.half, options.rule_id));
  PrintRule(context, *rule);
  return ExitCode::kOk;
}

struct Added {
  CLI::App& command;
  std::shared_ptr<Options> options;
};

Added Add(CommandLine& line, CLI::App& group, const CommandHelp& help,
          Result<ExitCode> (*body)(Context&, const Options&)) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      line.Add(group, help, [options, body](Context& context) { return body(context, *options); });
  command.add_option("ID", options->id, "The policy's id, as `policy list` prints it")->required();
  command
      .add_option("--account", options->account,
                  "This account's half alone (default: both, or the source's to show)")
      ->type_name("ACCOUNT");
  return {command, options};
}

void AddRuleId(const Added& added) {
  added.command.add_option("RULE", added.options->rule_id, "The rule's id")->required();
}

}  // namespace

void AddPolicyUpdate(CommandLine& line, CLI::App& policy_group) {
  const Added update = Add(
      line, policy_group,
      {.name = "update",
       .sentence =
           "Replaces the rules of a policy, or sets its flags. Rules that keep their id keep "
           "what\nwas copied; what matches now and did not before is copied, and nothing is "
           "sent again.",
       .example = "replicafs policy update 5a3c1e9c-0000-4000-8000-000000000000 --policy new.json",
       .exit_codes = {}},
      Update);
  update.command
      .add_option("--policy", update.options->file,
                  "A policy definition in Azure's JSON: a file, or - for standard input")
      ->type_name("FILE");
  update.options->flags.AddTo(update.command);

  CLI::App& group = line.Group(policy_group, "rule", "The rules of a policy.");
  const std::string id = " 5a3c1e9c-0000-4000-8000-000000000000 ";
  const std::string rule = "6b4d2fad-0000-4000-8000-000000000000";
  const Added add =
      Add(line, group,
          {.name = "add",
           .sentence = "Adds rules.",
           .example = "replicafs policy rule add" + id + "--rule mail:mail --existing",
           .exit_codes = {}},
          AddRule);
  add.command.add_option("--rule-id", add.options->rule_id,
                         "On the source account alone: the id that the destination gave");
  add.options->rules.AddTo(add.command);
  add.options->flags.AddLimitsTo(add.command);
  Add(line, group,
      {.name = "list",
       .sentence = "Lists the rules of a policy.",
       .example = "replicafs policy rule list" + id,
       .exit_codes = {}},
      ListRules);
  AddRuleId(Add(line, group,
                {.name = "show",
                 .sentence = "Prints a rule.",
                 .example = "replicafs policy rule show" + id + rule,
                 .exit_codes = {}},
                ShowRule));
  const Added change = Add(
      line, group,
      {.name = "update",
       .sentence = "Gives a rule other containers or filters.",
       .example = "replicafs policy rule update" + id + rule + " --rule mail:mail --prefix 2026/",
       .exit_codes = {}},
      UpdateRule);
  AddRuleId(change);
  change.options->rules.AddTo(change.command);
  change.options->flags.AddLimitsTo(change.command);
  AddRuleId(Add(line, group,
                {.name = "remove",
                 .sentence = "Removes a rule. Its replicas stay, and their container takes writes.",
                 .example = "replicafs policy rule remove" + id + rule,
                 .exit_codes = {}},
                RemoveRule));
}

}  // namespace replicafs
