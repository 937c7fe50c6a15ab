// policy create
#include "backend/replication/policy_store.h"
#include "tools/command.h"
#include "tools/policy_output.h"

namespace replicafs {
namespace {

struct Options {
  std::string source;
  std::string destination;
  std::vector<std::string> rules;
  std::vector<std::string> prefixes;
  bool existing = false;
  const CLI::App* command = nullptr;
  const CLI::Option* rule_option = nullptr;
};

Result<RuleRequest> ParseRule(const std::string& text) {
  const size_t colon = text.find(':');
  if (colon == 0 || colon == std::string::npos || colon + 1 == text.size())
    return UsageError("--rule '" + text + "': write SOURCE-CONTAINER:DESTINATION-CONTAINER");
  return RuleRequest{.source_container = text.substr(0, colon),
                     .destination_container = text.substr(colon + 1),
                     .prefixes = {}};
}

// Each --prefix belongs to the --rule before it; with a single rule, to that one.
Result<std::vector<RuleRequest>> RulesOf(const Options& options) {
  std::vector<RuleRequest> rules;
  for (const std::string& text : options.rules) rules.push_back(TRY(ParseRule(text)));
  size_t rules_seen = 0;
  size_t prefixes_seen = 0;
  for (const CLI::Option* option : options.command->parse_order()) {
    if (option == options.rule_option) ++rules_seen;
    if (option->get_name() != "--prefix") continue;
    const std::string& prefix = options.prefixes[prefixes_seen++];
    const size_t rule = rules.size() == 1 ? 1 : rules_seen;
    if (rule == 0)
      return UsageError("--prefix '" + prefix + "' stands before every --rule: put it after its");
    rules[rule - 1].prefixes.push_back(prefix);
  }
  return rules;
}

Result<ExitCode> Create(Context& context, const Options& options) {
  PolicyRequest request;
  request.source_account = options.source;
  request.destination_account = options.destination;
  request.rules = TRY(RulesOf(options));
  request.existing = options.existing ? ExistingBlobs::kCopy : ExistingBlobs::kLeave;
  const Policy policy = TRY(CreatePolicy(context.accounts, request, SystemClock()));
  if (context.json()) {
    PrintJson(ToJson(policy));
  } else {
    PrintText("created policy " + policy.policy_id + "\n" + DescribePolicy(policy));
  }
  return ExitCode::kOk;
}

}  // namespace

void AddPolicyCreate(CommandLine& line, CLI::App& policy_group) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = line.Add(
      policy_group,
      {.name = "create",
       .sentence = "Copies containers of one account to another from now on. The destination\n"
                   "containers refuse writes for as long as the policy is there.",
       .example = "replicafs policy create --source westus --destination eastus \\\n"
                  "      --rule photos:photos --prefix 2026/ --rule mail:mail-copy --existing",
       .exit_codes = "6: the two accounts have a policy already."},
      [options](Context& context) { return Create(context, *options); });
  options->command = &command;
  command.add_option("--source", options->source, "The account to copy from")
      ->type_name("ACCOUNT")
      ->required();
  command.add_option("--destination", options->destination, "The account to copy to")
      ->type_name("ACCOUNT")
      ->required();
  options->rule_option =
      command.add_option("--rule", options->rules, "Which container goes where; may be repeated")
          ->type_name("SRC:DST")
          ->allow_extra_args(false)
          ->required();
  command
      .add_option("--prefix", options->prefixes,
                  "Copy only names that begin so; belongs to the --rule before it; may be "
                  "repeated")
      ->type_name("P")
      ->allow_extra_args(false);
  command.add_flag("--existing", options->existing, "Copy what is there already too");
}

}  // namespace replicafs
