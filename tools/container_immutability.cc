// container immutability show | set | lock | delete
#include "tools/container_command.h"

namespace replicafs {
namespace {

Json ToJson(const std::string& container, const ContainerProtection& protection) {
  const auto& policy = protection.policy;
  return {{"container", container},
          {"days", policy ? Json(policy->days) : Json(nullptr)},
          {"state", policy ? Json(ToString(policy->mode)) : Json(nullptr)},
          {"legalHolds", protection.legal_holds}};
}

std::string Sentence(const std::string& container, const ContainerProtection& protection) {
  std::string text = container + ": ";
  if (const auto& policy = protection.policy) {
    text += "every version is immutable for " + std::to_string(policy->days) +
            " days after it was made (" + std::string(ToString(policy->mode)) + ")\n";
  } else {
    text += "no immutability policy\n";
  }
  for (const std::string& tag : protection.legal_holds) text += "legal hold: " + tag + "\n";
  return text;
}

Result<ExitCode> Print(Context& context, const std::string& text,
                       const ContainerProtection& protection) {
  if (context.json()) {
    PrintJson(ToJson(text, protection));
  } else {
    PrintText(Sentence(text, protection));
  }
  return ExitCode::kOk;
}

// Puts what `make` says in place of the policy that there is.
template <class Make>
Result<ExitCode> Change(Context& context, const std::string& text, const Make& make) {
  const AccountPath path = TRY(ParseContainerPath(text));
  const OpenContainer opened = TRY(OpenContainerAt(context.accounts, path));
  ContainerProtection protection = opened.info.protection;
  protection.policy = TRY(make(protection.policy));
  auto set = ApplyOne(opened.account->store(),
                      SetContainerImmutability{path.container, protection.policy}, 0);
  if (!set) return std::move(set).error().Within("container '" + text + "'");
  return Print(context, text, protection);
}

using Policy = std::optional<ContainerImmutabilityPolicy>;

Result<ExitCode> Show(Context& context, const std::string& text) {
  const AccountPath path = TRY(ParseContainerPath(text));
  const OpenContainer opened = TRY(OpenContainerAt(context.accounts, path));
  return Print(context, text, opened.info.protection);
}

Result<ExitCode> Lock(Context& context, const std::string& text) {
  return Change(context, text, [&](Policy policy) -> Result<Policy> {
    if (!policy)
      return Error{ErrorCode::kNotFound, "'" + text +
                                             "' has no immutability policy; set one: replicafs "
                                             "container immutability set " +
                                             text + " --days 30"};
    policy->mode = ImmutabilityMode::kLocked;
    return policy;
  });
}

Result<ExitCode> Delete(Context& context, const std::string& text) {
  return Change(context, text, [](const Policy&) -> Result<Policy> { return Policy(); });
}

struct SetOptions {
  std::string path;
  uint32_t days = 0;
};

// A locked policy stays locked.
Result<ExitCode> Set(Context& context, const SetOptions& options) {
  return Change(context, options.path, [&](Policy policy) -> Result<Policy> {
    if (!policy) policy.emplace();
    policy->days = options.days;
    return policy;
  });
}

void AddSet(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<SetOptions>();
  CLI::App& command = line.Add(
      group,
      {.name = "set",
       .sentence = "Keeps every version in a container, those there are and those to come, from "
                   "being changed, superseded or deleted for so many days after it was made. "
                   "Replaces the policy that there is; a locked one can only be made longer.",
       .example = "replicafs container immutability set westus/records --days 365",
       .exit_codes = "6: the policy is locked, and would become shorter."},
      [options](Context& context) { return Set(context, *options); });
  command.add_option(kContainerPathText, options->path, "The container")->required();
  command.add_option("--days", options->days, "1 to 146000")->required();
}

}  // namespace

void AddContainerImmutability(CommandLine& line, CLI::App& container_group) {
  CLI::App& group = line.Group(container_group, "immutability",
                               "How long versions can neither be changed nor deleted, by anybody.");
  AddContainerCommand(line, group,
                      {.name = "show",
                       .sentence = "Prints a container's immutability policy and legal holds.",
                       .example = "replicafs container immutability show westus/records",
                       .exit_codes = {}},
                      Show);
  AddSet(line, group);
  AddContainerCommand(
      line, group,
      {.name = "lock",
       .sentence = "Locks the policy for good: from then on it can be made longer, but neither "
                   "shorter nor deleted.",
       .example = "replicafs container immutability lock westus/records",
       .exit_codes = "5: there is no policy."},
      Lock);
  AddContainerCommand(line, group,
                      {.name = "delete",
                       .sentence = "Takes an unlocked policy away: versions may be changed again.",
                       .example = "replicafs container immutability delete westus/records",
                       .exit_codes = "6: the policy is locked."},
                      Delete);
}

}  // namespace replicafs
