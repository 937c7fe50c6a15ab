// policy create
#include "backend/replication/policy_definition.h"
#include "backend/replication/policy_store.h"
#include "tools/command.h"
#include "tools/policy_options.h"
#include "tools/policy_output.h"

namespace replicafs {
namespace {

struct Options {
  PolicyArguments policy;
  std::string account;
  std::string policy_id;
};

Result<ExitCode> Create(Context& context, const Options& options) {
  Policy definition = TRY(options.policy.Definition());
  if (!options.policy_id.empty()) definition.policy_id = options.policy_id;
  ShownPolicy made;
  if (options.account.empty()) {
    const PolicyRequest request = TRY(RequestOf(definition, options.policy.limits()));
    made.half = TRY(CreatePolicy(context.accounts, request, SystemClock()));
    made.account = made.half.source_account;
  } else {
    const HalfRequest request{options.account, definition, options.policy.limits()};
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
  options->policy.AddTo(command);
  command.add_option("--account", options->account, "Write this account's half alone")
      ->type_name("ACCOUNT");
  command.add_option("--policy-id", options->policy_id, "The id that the destination account gave")
      ->type_name("ID");
}

}  // namespace replicafs
