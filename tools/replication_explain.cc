// replication explain
#include <algorithm>

#include "backend/replication/explain.h"
#include "backend/replication/policy_store.h"
#include "tools/account_path.h"
#include "tools/command.h"
#include "tools/replication_output.h"

namespace replicafs {
namespace {

Json ToJson(const CheckOutcome& check) {
  return {{"check", check.id},
          {"holds", check.question},
          {"finding", ToString(check.finding)},
          {"detail", check.detail},
          {"remedy", check.remedy}};
}

Json ToJson(const VersionExplanation& version) {
  return {{"version", ToString(version.version)},
          {"state", version.is_current ? "current" : "previous"},
          {"bytes", version.bytes},
          {"status", ToString(version.status)},
          {"reason", version.reason}};
}

Json ToJson(const PolicyExplanation& explanation, const BlobPath& blob) {
  const Policy& policy = explanation.policy;
  Json versions = Json::array();
  for (const VersionExplanation& version : explanation.versions)
    versions.push_back(ToJson(version));
  Json checks = Json::array();
  for (const CheckOutcome& check : explanation.checks) checks.push_back(ToJson(check));
  Json failure = nullptr;
  if (explanation.failure)
    failure = ToJson(policy, *explanation.failure,
                     explanation.superseded ? FailureState::kSuperseded : FailureState::kRetried);
  const auto& rule = explanation.rule;
  return {{"policyId", policy.policy_id},
          {"ruleId", rule ? Json(rule->rule_id) : Json(nullptr)},
          {"sourceAccount", policy.source_account},
          {"destinationAccount", policy.destination_account},
          {"destinationContainer", rule ? Json(rule->destination_container) : Json(nullptr)},
          {"destinationName", blob.name},
          {"notCopied", explanation.not_copied},
          {"status", ToString(explanation.status)},
          {"versions", versions},
          {"failure", failure},
          {"checks", checks}};
}

bool IsCause(const CheckOutcome& check) {
  return check.finding == Finding::kCause;
}

bool HasCause(const PolicyExplanation& explanation) {
  return std::any_of(explanation.checks.begin(), explanation.checks.end(), IsCause);
}

std::string Describe(const PolicyExplanation& explanation, const BlobPath& blob) {
  const Policy& policy = explanation.policy;
  std::string text = LinkName(policy) + ", policy " + policy.policy_id + "\n";
  if (explanation.rule)
    text += "rule " + explanation.rule->rule_id + ", to " + policy.destination_account + "/" +
            explanation.rule->destination_container + "/" + Printable(blob.name) + "\n";
  if (!explanation.not_copied.empty())
    return text + "not copied: " + Printable(explanation.not_copied) + "\n";

  Table versions({{"VERSION"}, {"STATE"}, {"STATUS"}, {"REASON"}});
  for (const VersionExplanation& version : explanation.versions)
    versions.AddRow({ToString(version.version), version.is_current ? "current" : "previous",
                     std::string(ToString(version.status)), OrDash(Printable(version.reason))});
  Table checks({{"CHECK"}, {"FINDING"}, {"DETAIL"}});
  std::string remedies;
  for (const CheckOutcome& check : explanation.checks) {
    checks.AddRow({std::string(check.question),
                   IsCause(check) ? "CAUSE" : std::string(ToString(check.finding)),
                   OrDash(Printable(check.detail))});
    if (IsCause(check)) remedies += "what helps: " + Printable(check.remedy) + "\n";
  }
  if (!versions.empty()) text += "\n" + versions.ToString();
  return text + "\n" + checks.ToString() + (remedies.empty() ? "" : "\n" + remedies);
}

// A blob of a destination is explained where it comes from.
Result<AccountPath> SourceOf(Context& context, const AccountPath& path) {
  const std::vector<Policy> policies = TRY(ListAllPolicies(context.accounts));
  for (const Policy& policy : policies) {
    if (policy.destination_account != path.account) continue;
    for (const Rule& rule : policy.rules) {
      if (rule.destination_container == path.container)
        return AccountPath{policy.source_account, rule.source_container, path.name};
    }
  }
  return path;
}

Result<ExitCode> Explain(Context& context, const std::string& argument) {
  const AccountPath given = TRY(ResolvePath(context.accounts, argument));
  if (given.name.empty())
    return UsageError("'" + argument + "' names no blob: write ACCOUNT/CONTAINER/NAME");
  const AccountPath path = TRY(SourceOf(context, given));
  const std::shared_ptr<Account> source = TRY(context.accounts.OpenAccount(path.account));
  const BlobPath blob{path.container, path.name};
  const std::vector<PolicyExplanation> all =
      TRY(Explain(context.accounts, source, blob, SystemClock()));

  const bool cause = std::any_of(all.begin(), all.end(), HasCause);
  const ExitCode code = cause ? ExitCode::kReplicationFailed : ExitCode::kOk;
  if (context.json()) {
    Json policies = Json::array();
    for (const PolicyExplanation& one : all) policies.push_back(ToJson(one, blob));
    PrintJson({{"account", path.account},
               {"container", path.container},
               {"name", path.name},
               {"policies", policies}});
    return code;
  }
  std::string text = "blob " + Printable(ToString(path)) + "\n";
  if (all.empty()) text += "no policy copies from the account '" + path.account + "'\n";
  for (const PolicyExplanation& one : all) text += "\n" + Describe(one, blob);
  PrintText(text);
  return code;
}

}  // namespace

void AddReplicationExplain(CommandLine& line, CLI::App& replication_group) {
  const auto path = std::make_shared<std::string>();
  CLI::App& command = line.Add(
      replication_group,
      {.name = "explain",
       .sentence = "Says how far a blob is under each policy, and walks the list of what may keep "
                   "it from being copied.",
       .example = "replicafs replication explain westus/photos/2026/cat.jpg",
       .exit_codes = "0: nothing keeps it. 4: something does. 5: there is no such blob."},
      [path](Context& context) { return Explain(context, *path); });
  command
      .add_option("PATH", *path,
                  "ACCOUNT/CONTAINER/NAME, or a file below a mount; of a replica its source is "
                  "explained")
      ->required();
}

}  // namespace replicafs
