#include "tools/command.h"

#include <utility>

#include "tools/root.h"

namespace replicafs {
namespace {

constexpr char kExitCodes[] =
    "Exit codes: 0 done, 1 failure, 2 wrong arguments, 3 timeout, 4 replication failed,\n"
    "            5 not found, 6 refused (exists, not empty, in use, a destination, permission)";

OutputFormat FormatOf(const std::string& output) {
  return output == "json" ? OutputFormat::kJson : OutputFormat::kHuman;
}

// A parse error comes before the options are known: look for the format by hand.
OutputFormat FormatIn(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--output=json") return OutputFormat::kJson;
    if (argument == "--output" && i + 1 < argc && std::string_view(argv[i + 1]) == "json")
      return OutputFormat::kJson;
  }
  return OutputFormat::kHuman;
}

}  // namespace

CommandLine::CommandLine()
    : app_("ReplicaFS: replicated object-storage containers as directories.", "replicafs") {
  app_.set_version_flag("--version", "replicafs " REPLICAFS_VERSION);
  app_.require_subcommand(1);
  app_.get_formatter()->column_width(34);
  app_.footer(std::string("Each command explains itself: replicafs COMMAND --help\n\n") +
              kExitCodes);
  AddCommonOptions(app_);
}

void CommandLine::AddCommonOptions(CLI::App& app) {
  app.add_option(
         "--root", root_,
         "Where accounts and state lie (default: $REPLICAFS_ROOT, else " + DefaultRoot() + ")")
      ->type_name("DIR")
      ->group("Common options");
  app.add_option("--output", output_, "How to print results: table or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"table", "json"}).description(""))
      ->group("Common options");
}

CLI::App& CommandLine::Group(CLI::App& parent, const std::string& name,
                             const std::string& sentence) {
  CLI::App* group = parent.add_subcommand(name, sentence);
  group->require_subcommand(1);
  group->footer("");
  return *group;
}

CLI::App& CommandLine::Add(CLI::App& parent, const CommandHelp& help, CommandBody body) {
  CLI::App* command = parent.add_subcommand(help.name, help.sentence);
  command->footer("Example:\n  " + help.example + "\n\n" +
                  (help.exit_codes.empty() ? "" : help.exit_codes + "\n") + kExitCodes);
  command->require_subcommand(0);
  AddCommonOptions(*command);
  command->callback([this, body = std::move(body)] { selected_ = body; });
  return *command;
}

Result<ExitCode> CommandLine::RunSelected() {
  AccountCatalog accounts(ChooseRoot(root_));
  Context context{.accounts = accounts, .output = FormatOf(output_)};
  return selected_(context);
}

ExitCode CommandLine::Run(int argc, char** argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    app_.exit(help_or_version);
    return ExitCode::kOk;
  } catch (const CLI::ParseError& error) {
    PrintError(UsageError(std::string(error.what()) + " (see --help)"), FormatIn(argc, argv));
    return ExitCode::kUsage;
  }
  auto done = RunSelected();
  if (done) return *done;
  PrintError(done.error(), FormatOf(output_));
  return ExitCodeFor(done.error().code);
}

}  // namespace replicafs
