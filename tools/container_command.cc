#include "tools/container_command.h"

namespace replicafs {

Result<AccountPath> ParseContainerPath(const std::string& text) {
  AccountPath path = SplitAccountPath(text);
  if (path.account.empty() || path.container.empty() || !path.name.empty())
    return UsageError("'" + text + "' names no container: write ACCOUNT/CONTAINER");
  return path;
}

void AddContainerCommand(CommandLine& line, CLI::App& group, const CommandHelp& help,
                         Result<ExitCode> (*body)(Context&, const std::string&)) {
  const auto path = std::make_shared<std::string>();
  CLI::App& command =
      line.Add(group, help, [path, body](Context& context) { return body(context, *path); });
  command.add_option(kContainerPathText, *path, "The container")->required();
}

}  // namespace replicafs
