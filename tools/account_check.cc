// account check
#include "backend/account/account_check.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "tools/command.h"

namespace replicafs {
namespace {

struct Options {
  std::vector<std::string> names;
  bool deep = false;
  bool repair = false;
};

std::string SeverityText(const CheckFinding& finding) {
  return finding.severity == CheckFinding::Severity::kError ? "error" : "information";
}

Json ToJson(const std::string& account, const CheckReport& report) {
  Json findings = Json::array();
  for (const CheckFinding& finding : report.findings)
    findings.push_back({{"severity", SeverityText(finding)},
                        {"kind", finding.kind},
                        {"message", finding.message},
                        {"repaired", finding.repaired}});
  return {
      {"account", account},          {"clean", report.clean},   {"containers", report.containers},
      {"versions", report.versions}, {"blocks", report.blocks}, {"blockBytes", report.block_bytes},
      {"events", report.events},     {"findings", findings}};
}

void Print(const std::string& account, const CheckReport& report) {
  std::string text;
  for (const CheckFinding& finding : report.findings)
    text += fmt::format("{}: {}: {}: {}{}\n", account, SeverityText(finding), finding.kind,
                        Printable(finding.message), finding.repaired ? " (repaired)" : "");
  text +=
      fmt::format("{}: {}: {} containers, {} versions, {} blocks ({}), {} journal events\n",
                  account, report.clean ? "clean" : "DAMAGED", report.containers, report.versions,
                  report.blocks, HumanBytes(report.block_bytes), report.events);
  PrintText(text);
}

Result<ExitCode> Check(Context& context, const Options& options) {
  CheckRequest request;
  if (options.deep) request.depth = CheckRequest::Depth::kContent;
  if (options.repair) request.repair = CheckRequest::Repair::kSafe;
  Json documents = Json::array();
  bool clean = true;
  for (const std::string& name : options.names) {
    if (!context.json() && ::isatty(STDERR_FILENO) != 0)
      std::fprintf(stderr, "checking %s …\n", name.c_str());
    const CheckReport report = TRY(CheckAccount(context.accounts, name, request));
    clean = clean && report.clean;
    if (context.json()) {
      documents.push_back(ToJson(name, report));
    } else {
      Print(name, report);
    }
  }
  if (context.json()) PrintJson(documents);
  return clean ? ExitCode::kOk : ExitCode::kFailure;
}

}  // namespace

void AddAccountCheck(CommandLine& line, CLI::App& account_group) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      line.Add(account_group,
               {.name = "check",
                .sentence = "Verifies all that accounts have stored: records, references, files.",
                .example = "replicafs account check westus eastus --deep",
                .exit_codes = "0: nothing is wrong, or no longer. 1: something is damaged."},
               [options](Context& context) { return Check(context, *options); });
  command.add_option("NAME", options->names, "The accounts")->required();
  command.add_flag("--deep", options->deep, "Read every block and compare its hash");
  command.add_flag("--repair", options->repair,
                   "Mend what is safe to mend: counts, and files that nothing refers to");
}

}  // namespace replicafs
