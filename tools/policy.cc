// policy list | show | delete
#include "backend/replication/policy_store.h"
#include "tools/command.h"
#include "tools/policy_output.h"

namespace replicafs {
namespace {

struct Options {
  std::string id;
  std::string account;
};

// Each policy once: its source's half where there is one.
Result<std::vector<ShownPolicy>> AllPolicies(Context& context, const std::string& only_account) {
  std::vector<ShownPolicy> shown;
  if (!only_account.empty()) {
    const auto account = TRY(context.accounts.OpenAccount(only_account));
    std::vector<Policy> policies = TRY(ListPolicies(*account));
    for (Policy& policy : policies) shown.push_back({std::move(policy), only_account});
    return shown;
  }
  const std::vector<Policy> policies = TRY(ListAllPolicies(context.accounts));
  for (const Policy& policy : policies) {
    for (const std::string& account : {policy.source_account, policy.destination_account}) {
      auto half = GetHalf(context.accounts, account, policy.policy_id);
      if (!half) continue;
      shown.push_back({*std::move(half), account});
      break;
    }
  }
  return shown;
}

Result<ExitCode> List(Context& context, const Options& options) {
  const std::vector<ShownPolicy> policies = TRY(AllPolicies(context, options.account));
  if (policies.empty() && !context.json()) {
    PrintText(
        "no policies; create one: replicafs policy create --source A --destination B "
        "--rule SRC:DST\n");
    return ExitCode::kOk;
  }
  TRY(PrintPolicies(context, policies));
  return ExitCode::kOk;
}

Result<ExitCode> Show(Context& context, const Options& options) {
  const ShownPolicy shown = TRY(FindPolicyHalf(context, options.id, options.account));
  TRY(PrintPolicy(context, shown));
  if (context.json()) return ExitCode::kOk;
  const auto is_half = IsHalf(context.accounts, shown.half);
  if (is_half && *is_half) PrintText("\nIt is on this account alone: nothing is copied.\n");
  const auto differences = DifferencesOf(context.accounts, shown.half);
  if (differences) {
    for (const std::string& difference : *differences)
      PrintText("\n" + difference + ": it is not copied\n");
  }
  return ExitCode::kOk;
}

Result<ExitCode> Delete(Context& context, const Options& options) {
  const std::string& id = options.id;
  if (options.account.empty()) {
    TRY(DeletePolicy(context.accounts, id));
  } else {
    TRY(DeleteHalf(context.accounts, options.account, id));
  }
  if (context.json()) {
    PrintJson({{"deleted", id}});
  } else if (options.account.empty()) {
    PrintText("deleted policy " + id +
              "; its replicas stay, and their containers take writes again\n");
  } else {
    PrintText("deleted policy " + id + " on account " + options.account +
              "; nothing is copied any more\n");
  }
  return ExitCode::kOk;
}

void Add(CommandLine& line, CLI::App& group, const CommandHelp& help,
         const std::string& about_account, Result<ExitCode> (*body)(Context&, const Options&)) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      line.Add(group, help, [options, body](Context& context) { return body(context, *options); });
  if (help.name != "list")
    command.add_option("ID", options->id, "The policy's id, as `policy list` prints it")
        ->required();
  command.add_option("--account", options->account, about_account)->type_name("ACCOUNT");
}

}  // namespace

Result<ShownPolicy> FindPolicyHalf(Context& context, const std::string& id,
                                   const std::string& account) {
  if (!account.empty()) return ShownPolicy{TRY(GetHalf(context.accounts, account, id)), account};
  const auto found = FindPolicy(context.accounts, id);
  if (!found && found.error().code == ErrorCode::kNotFound)
    return Error{ErrorCode::kNotFound, "no policy '" + id + "' below " + context.accounts.root() +
                                           "; see: replicafs policy list"};
  if (!found) return found.error();
  auto half = GetHalf(context.accounts, found->source_account, id);
  if (half) return ShownPolicy{*std::move(half), found->source_account};
  return ShownPolicy{TRY(GetHalf(context.accounts, found->destination_account, id)),
                     found->destination_account};
}

void AddPolicyCommands(CommandLine& line) {
  CLI::App& group = line.Group("policy", "Which containers are copied to which.");
  AddPolicyCreate(line, group);
  AddPolicyEstimate(line, group);
  AddPolicyUpdate(line, group);
  Add(line, group,
      {.name = "list",
       .sentence = "Lists policies. As JSON they are what `az storage account or-policy` prints.",
       .example = "replicafs policy list --account eastus",
       .exit_codes = {}},
      "Those that this account has a half of (default: of all accounts)", List);
  Add(line, group,
      {.name = "show",
       .sentence = "Prints a policy and its rules. The JSON is a definition that `policy create\n"
                   "--policy` takes.",
       .example = "replicafs policy show 5a3c1e9c-0000-4000-8000-000000000000",
       .exit_codes = {}},
      "This account's half (default: the source's)", Show);
  Add(line, group,
      {.name = "delete",
       .sentence = "Ends a policy at once. Replicas stay; destinations take writes again.",
       .example = "replicafs policy delete 5a3c1e9c-0000-4000-8000-000000000000",
       .exit_codes = {}},
      "This account's half alone (default: both)", Delete);
}

}  // namespace replicafs
