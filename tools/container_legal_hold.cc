// container legal-hold set | clear
#include <algorithm>
#include <set>

#include "tools/container_command.h"

namespace replicafs {
namespace {

struct HoldOptions {
  std::string path;
  std::vector<std::string> tags;
};

// Tags differ in more than their case.
std::set<std::string> TagsOf(const HoldOptions& options) {
  std::set<std::string> tags;
  for (std::string tag : options.tags) {
    for (char& c : tag) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    tags.insert(std::move(tag));
  }
  return tags;
}

Result<ExitCode> Change(Context& context, const std::string& text, ChangeContainerHolds change) {
  const AccountPath path = TRY(ParseContainerPath(text));
  const OpenContainer opened = TRY(OpenContainerAt(context.accounts, path));
  change.container = path.container;
  auto changed = ApplyOne(opened.account->store(), std::move(change), 0);
  if (!changed) return std::move(changed).error().Within("container '" + text + "'");
  const ContainerInfo info = TRY(opened.account->store().GetContainer(path.container));
  const std::set<std::string>& left = info.protection.legal_holds;
  if (context.json()) {
    PrintJson({{"container", text}, {"legalHolds", left}});
    return ExitCode::kOk;
  }
  if (left.empty()) {
    PrintText(text + ": no legal hold\n");
    return ExitCode::kOk;
  }
  std::string sentence = text + ": nothing in it can be changed or deleted; legal holds:";
  for (const std::string& tag : left) sentence += " " + tag;
  PrintText(sentence + "\n");
  return ExitCode::kOk;
}

void AddHoldCommand(CommandLine& line, CLI::App& group, const CommandHelp& help,
                    std::set<std::string> ChangeContainerHolds::*member) {
  const auto options = std::make_shared<HoldOptions>();
  CLI::App& command = line.Add(group, help, [options, member](Context& context) {
    ChangeContainerHolds change;
    change.*member = TagsOf(*options);
    return Change(context, options->path, std::move(change));
  });
  command.add_option(kContainerPathText, options->path, "The container")->required();
  command.add_option("TAG", options->tags, "What the hold is for: 3 to 23 letters and digits")
      ->required();
}

}  // namespace

void AddContainerLegalHold(CommandLine& line, CLI::App& container_group) {
  CLI::App& group = line.Group(container_group, "legal-hold",
                               "Holds that keep a container as it is until they are cleared.");
  AddHoldCommand(line, group,
                 {.name = "set",
                  .sentence = "Puts a container under legal hold: no version in it can be changed, "
                              "superseded or deleted while one tag is left. At most 10 tags.",
                  .example = "replicafs container legal-hold set westus/records case4711",
                  .exit_codes = {}},
                 &ChangeContainerHolds::add);
  AddHoldCommand(line, group,
                 {.name = "clear",
                  .sentence = "Takes tags of a legal hold away.",
                  .example = "replicafs container legal-hold clear westus/records case4711",
                  .exit_codes = {}},
                 &ChangeContainerHolds::remove);
}

}  // namespace replicafs
