// The frame of the program. Each file of commands exports one function, declared below, that adds
// its commands; a command's options live in a struct that its body owns.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "backend/account/account_catalog.h"
#include "backend/base/result.h"
#include "tools/exit_code.h"
#include "tools/output.h"

namespace replicafs {

// What every command has at hand.
struct Context {
  AccountCatalog& accounts;
  OutputFormat output = OutputFormat::kHuman;

  bool json() const { return output == OutputFormat::kJson; }
};

using CommandBody = std::function<Result<ExitCode>(Context&)>;

struct CommandHelp {
  std::string name;
  std::string sentence;
  std::string example;     // "replicafs account list"
  std::string exit_codes;  // what is particular about them; empty: nothing
};

class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // A word that only groups others: "account".
  CLI::App& Group(const std::string& name, const std::string& sentence) {
    return Group(app_, name, sentence);
  }
  CLI::App& Group(CLI::App& parent, const std::string& name, const std::string& sentence);
  // A command; `parent` is a group or App().
  CLI::App& Add(CLI::App& parent, const CommandHelp& help, CommandBody body);
  CLI::App& App() { return app_; }

  // Parses, runs one body, prints its error.
  ExitCode Run(int argc, char** argv);

 private:
  void AddCommonOptions(CLI::App& app);
  Result<ExitCode> RunSelected();

  CLI::App app_;
  std::string root_;
  std::string output_ = "table";
  CommandBody selected_;
};

// An Error of wrong arguments.
inline Error UsageError(std::string message) {
  return Error{ErrorCode::kInvalid, std::move(message)};
}

void AddAccountCommands(CommandLine& line);
void AddAccountCheck(CommandLine& line, CLI::App& account_group);
void AddAccountContainerDeletion(CommandLine& line, CLI::App& account_group);
void AddAccountRehydration(CommandLine& line, CLI::App& account_group);
void AddContainerCommands(CommandLine& line);
void AddContainerRetention(CommandLine& line, CLI::App& container_group);
void AddContainerRetentionApply(CommandLine& line, CLI::App& retention_group);
void AddContainerImmutability(CommandLine& line, CLI::App& container_group);
void AddContainerLegalHold(CommandLine& line, CLI::App& container_group);
void AddBlobCommands(CommandLine& line);
void AddPolicyCommands(CommandLine& line);
void AddPolicyCreate(CommandLine& line, CLI::App& policy_group);
void AddPolicyEstimate(CommandLine& line, CLI::App& policy_group);
void AddPolicyUpdate(CommandLine& line, CLI::App& policy_group);
void AddReplicationCommands(CommandLine& line);
void AddReplicationStatus(CommandLine& line, CLI::App& replication_group);
void AddReplicationWait(CommandLine& line, CLI::App& replication_group);
void AddReplicationRetry(CommandLine& line, CLI::App& replication_group);
void AddReplicationMap(CommandLine& line, CLI::App& replication_group);
void AddReplicationExplain(CommandLine& line, CLI::App& replication_group);
void AddVersionsCommands(CommandLine& line);
void AddJournalCommands(CommandLine& line);
void AddMountCommand(CommandLine& line);
void AddUmountCommand(CommandLine& line);

}  // namespace replicafs
