// What the commands about one container share.
#pragma once

#include <string>

#include "tools/account_path.h"
#include "tools/command.h"

namespace replicafs {

constexpr char kContainerPathText[] = "ACCOUNT/CONTAINER";

// kInvalid unless exactly a container is named.
Result<AccountPath> ParseContainerPath(const std::string& text);

// Adds a command whose only argument is a container.
void AddContainerCommand(CommandLine& line, CLI::App& group, const CommandHelp& help,
                         Result<ExitCode> (*body)(Context&, const std::string&));

}  // namespace replicafs
