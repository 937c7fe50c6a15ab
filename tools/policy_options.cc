#include "tools/policy_options.h"

#include <iostream>
#include <iterator>
#include <map>
#include <utility>

#include "backend/base/unique_fd.h"
#include "backend/replication/policy_definition.h"
#include "tools/command.h"

namespace replicafs {
namespace {

Result<RuleRequest> ParseRule(const std::string& text) {
  const size_t colon = text.find(':');
  if (colon == 0 || colon == std::string::npos || colon + 1 == text.size())
    return UsageError("--rule '" + text + "': write SOURCE-CONTAINER:DESTINATION-CONTAINER");
  return RuleRequest{.source_container = text.substr(0, colon),
                     .destination_container = text.substr(colon + 1),
                     .prefixes = {},
                     .min_creation_time = {}};
}

}  // namespace

void RuleOptions::AddTo(CLI::App& command) {
  command_ = &command;
  command.add_option("--rule", rules_, "Which container goes where; may be repeated")
      ->type_name("SRC:DST")
      ->allow_extra_args(false);
  command
      .add_option("--prefix", prefixes_,
                  "Copy only names that begin so; belongs to the --rule before it; may be repeated")
      ->type_name("P")
      ->allow_extra_args(false);
  command
      .add_option("--min-creation-time", times_,
                  "Copy blobs that were created then or later, as 2021-08-28T00:00:00Z; belongs to "
                  "the --rule before it (default: only what is new)")
      ->type_name("TIME")
      ->allow_extra_args(false);
  command.add_flag("--existing", existing_, "Copy what is there already too");
}

Result<RuleRequest*> RuleOptions::Owner(std::vector<RuleRequest>& rules, size_t seen,
                                        const std::string& option) const {
  const size_t rule = rules.size() == 1 ? 1 : seen;
  if (rule == 0) return UsageError(option + " stands before every --rule: put it after its");
  return &rules[rule - 1];
}

Result<std::vector<RuleRequest>> RuleOptions::Rules() const {
  std::vector<RuleRequest> rules;
  for (const std::string& text : rules_) rules.push_back(TRY(ParseRule(text)));
  size_t rules_seen = 0;
  size_t prefixes_seen = 0;
  size_t times_seen = 0;
  for (const CLI::Option* option : command_->parse_order()) {
    const std::string& name = option->get_name();
    if (name == "--rule") {
      ++rules_seen;
    } else if (name == "--prefix") {
      const std::string& prefix = prefixes_[prefixes_seen++];
      RuleRequest* rule = TRY(Owner(rules, rules_seen, "--prefix '" + prefix + "'"));
      rule->prefixes.push_back(prefix);
    } else if (name == "--min-creation-time") {
      const std::string& text = times_[times_seen++];
      RuleRequest* rule = TRY(Owner(rules, rules_seen, "--min-creation-time " + text));
      rule->min_creation_time = TRY(ParseCreationTime(text));
    }
  }
  for (RuleRequest& rule : rules) {
    if (existing_ && !rule.min_creation_time) rule.min_creation_time = kEverything;
  }
  return rules;
}

void PolicyFlags::AddLimitsTo(CLI::App& command) {
  command
      .add_option("--limits", limits,
                  "azure: 2 destination accounts of a source, 2 policies into an account, 1,000 "
                  "rules, 10 prefixes (default); extended: as many as you like")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Limits>{
          {"azure", Limits::kAzure}, {"extended", Limits::kExtended}}));
}

void PolicyFlags::AddTo(CLI::App& command) {
  command.add_option("--metrics", metrics, "Whether the policy is metered: true or false");
  command.add_option("--priority-replication", priority_replication,
                     "Whether the policy goes before others: true or false");
  command.add_option("--tags-replication", tags_replication,
                     "Whether index tags go along: true or false (default: they do not)");
  AddLimitsTo(command);
}

void PolicyFlags::ApplyTo(Policy& policy) const {
  if (metrics) policy.metrics = metrics;
  if (priority_replication) policy.priority_replication = priority_replication;
  if (tags_replication) policy.tags_replication = tags_replication;
}

void PolicyArguments::AddTo(CLI::App& command) {
  command.add_option("--source", source_, "The account to copy from: name or resource id")
      ->type_name("ACCOUNT");
  command.add_option("--destination", destination_, "The account to copy to: name or resource id")
      ->type_name("ACCOUNT");
  command
      .add_option("--policy", file_,
                  "A policy definition in Azure's JSON: a file, or - for standard input")
      ->type_name("FILE");
  rules_.AddTo(command);
  flags_.AddTo(command);
}

bool PolicyArguments::given() const {
  return !file_.empty() || !source_.empty() || !destination_.empty() || rules_.given();
}

Result<Policy> PolicyArguments::Definition() const {
  Policy policy;
  if (!file_.empty()) {
    if (rules_.given() || !source_.empty() || !destination_.empty())
      return UsageError("--policy says it all: leave --source, --destination and --rule out");
    policy = TRY(ReadDefinition(file_));
  } else {
    if (source_.empty() || destination_.empty() || !rules_.given())
      return UsageError("give --source, --destination and --rule, or --policy FILE");
    policy.policy_id = std::string(kDefaultPolicyId);
    policy.source_account = source_;
    policy.destination_account = destination_;
    const auto rules = TRY(rules_.Rules());
    for (const RuleRequest& rule : rules) policy.rules.push_back(ToRule(rule));
  }
  flags_.ApplyTo(policy);
  return policy;
}

Result<PolicyRequest> RequestOf(const Policy& definition, Limits limits) {
  if (definition.policy_id != kDefaultPolicyId)
    return UsageError("the policy has the id '" + definition.policy_id +
                      "' already: name the account to write it to with --account");
  const auto reference = [](const std::string& name, const std::string& resource_id) {
    return resource_id.empty() ? name : resource_id;
  };
  PolicyRequest request{
      .source_account = reference(definition.source_account, definition.source_resource_id),
      .destination_account =
          reference(definition.destination_account, definition.destination_resource_id),
      .metrics = definition.metrics,
      .priority_replication = definition.priority_replication,
      .tags_replication = definition.tags_replication,
      .limits = limits};
  for (const Rule& rule : definition.rules)
    request.rules.push_back({.source_container = rule.source_container,
                             .destination_container = rule.destination_container,
                             .prefixes = rule.prefixes,
                             .min_creation_time = rule.min_creation_time});
  return request;
}

Result<Policy> ReadDefinition(const std::string& argument) {
  const std::string path = argument.starts_with('@') ? argument.substr(1) : argument;
  if (path == "-")
    return ParseDefinition(std::string(std::istreambuf_iterator<char>(std::cin), {}));
  const std::string text = TRY(ReadWholeFile(path));
  return ParseDefinition(text);
}

Rule ToRule(const RuleRequest& request) {
  return {.rule_id = {},
          .source_container = request.source_container,
          .destination_container = request.destination_container,
          .prefixes = request.prefixes,
          .min_creation_time = request.min_creation_time};
}

}  // namespace replicafs
