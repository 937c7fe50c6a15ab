// policy create
#include "backend/replication/policy_definition.h"
#include "backend/replication/policy_store.h"
#include "tools/command.h"
#include "tools/policy_options.h"
#include "tools/policy_output.h"

namespace replicafs {
namespace {

struct Options {
  std::string source;
  std::string destination;
  std::string account;
  std::string file;
  std::string policy_id;
  RuleOptions rules;
  PolicyFlags flags;
};

// What the options say, or the file.
Result<Policy> DefinitionOf(const Options& options) {
  Policy policy;
  if (!options.file.empty()) {
    if (options.rules.given() || !options.source.empty() || !options.destination.empty())
      return UsageError("--policy says it all: leave --source, --destination and --rule out");
    policy = TRY(ReadDefinition(options.file));
  } else {
    if (options.source.empty() || options.destination.empty() || !options.rules.given())
      return UsageError("give --source, --destination and --rule, or --policy FILE");
    policy.policy_id = std::string(kDefaultPolicyId);
    policy.source_account = options.source;
    policy.destination_account = options.destination;
    const auto rules = TRY(options.rules.Rules());
    for (const RuleRequest& rule : rules) policy.rules.push_back(ToRule(rule));
  }
  if (!options.policy_id.empty()) policy.policy_id = options.policy_id;
  options.flags.ApplyTo(policy);
  return policy;
}

// With full resource ids, which say whose accounts they are.
Result<PolicyRequest> RequestOf(const Policy& policy, Limits limits) {
  if (policy.policy_id != kDefaultPolicyId)
    return UsageError("the policy has the id '" + policy.policy_id +
                      "' already: name the account to write it to with --account");
  const auto reference = [](const std::string& name, const std::string& resource_id) {
    return resource_id.empty() ? name : resource_id;
  };
  PolicyRequest request{
      .source_account = reference(policy.source_account, policy.source_resource_id),
      .destination_account = reference(policy.destination_account, policy.destination_resource_id),
      .metrics = policy.metrics,
      .priority_replication = policy.priority_replication,
      .tags_replication = policy.tags_replication,
      .limits = limits};
  for (const Rule& rule : policy.rules)
    request.rules.push_back({.source_container = rule.source_container,
                             .destination_container = rule.destination_container,
                             .prefixes = rule.prefixes,
                             .min_creation_time = rule.min_creation_time});
  return request;
}

Result<ExitCode> Create(Context& context, const Options& options) {
  const Policy definition = TRY(DefinitionOf(options));
  ShownPolicy made;
  if (options.account.empty()) {
    const PolicyRequest request = TRY(RequestOf(definition, options.flags.limits));
    made.half = TRY(CreatePolicy(context.accounts, request, SystemClock()));
    made.account = made.half.source_account;
  } else {
    const HalfRequest request{options.account, definition, options.flags.limits};
    made.half = TRY(CreateHalf(context.accounts, request, SystemClock()));
    made.account = options.account;
  }
  if (!context.json()) {
    PrintText("created policy " + made.half.policy_id +
              (options.account.empty() ? "" : " on account " + options.account) + "\n");
    if (made.account == made.half.destination_account && !options.account.empty())
      PrintText("next: replicafs policy show " + made.half.policy_id + " --account " +
                made.account + " --output json | replicafs policy create --account " +
                made.half.source_account + " --policy -\n");
  }
  TRY(PrintPolicy(context, made));
  return ExitCode::kOk;
}

}  // namespace

void AddPolicyCreate(CommandLine& line, CLI::App& policy_group) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = line.Add(
      policy_group,
      {.name = "create",
       .sentence =
           "Copies containers of one account to another from now on. The destination\n"
           "containers refuse writes for as long as the policy is there.\n\n"
           "Without --account both accounts get their half of the policy. With it one does, "
           "as in\nAzure: the destination first, which gives the policy and its rules their "
           "ids, then the\nsource with these ids. Nothing is copied before both have it.",
       .example = "replicafs policy create --source westus --destination eastus \\\n"
                  "      --rule photos:photos --prefix 2026/ --rule mail:mail-copy --existing\n"
                  "  replicafs policy create --account eastus --policy policy.json",
       .exit_codes = "6: the two accounts have a policy already."},
      [options](Context& context) { return Create(context, *options); });
  command.add_option("--source", options->source, "The account to copy from: name or resource id")
      ->type_name("ACCOUNT");
  command
      .add_option("--destination", options->destination,
                  "The account to copy to: name or resource id")
      ->type_name("ACCOUNT");
  command.add_option("--account", options->account, "Write this account's half alone")
      ->type_name("ACCOUNT");
  command
      .add_option("--policy", options->file,
                  "A policy definition in Azure's JSON: a file, or - for standard input")
      ->type_name("FILE");
  command.add_option("--policy-id", options->policy_id, "The id that the destination account gave")
      ->type_name("ID");
  options->rules.AddTo(command);
  options->flags.AddTo(command);
}

}  // namespace replicafs
