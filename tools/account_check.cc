// account check
#include "backend/account/account_check.h"

#include "tools/command.h"
#include "tools/progress.h"

namespace replicafs {
namespace {

struct Options {
  std::vector<std::string> names;
  bool deep = false;
  bool repair = false;
};

Json ToJson(const std::string& account, const CheckReport& report) {
  Json findings = Json::array();
  for (const CheckFinding& finding : report.findings)
    findings.push_back(
        {{"kind", finding.kind}, {"message", finding.message}, {"repaired", finding.repaired}});
  return {{"account", account},
          {"versionsChecked", report.versions_checked},
          {"blocksChecked", report.blocks_checked},
          {"clean", report.findings.empty()},
          {"findings", findings}};
}

void Print(const std::string& account, const CheckReport& report) {
  std::string text;
  for (const CheckFinding& finding : report.findings)
    text += account + ": " + finding.kind + ": " + Printable(finding.message) +
            (finding.repaired ? " (repaired)" : "") + "\n";
  const size_t found = report.findings.size();
  text += account + ": " + std::to_string(report.versions_checked) + " versions and " +
          std::to_string(report.blocks_checked) + " blocks checked, " +
          (found == 0 ? "clean" : std::to_string(found) + (found == 1 ? " finding" : " findings")) +
          "\n";
  PrintText(text);
}

Result<CheckReport> CheckOne(Context& context, const std::string& name, const Options& options) {
  Progress progress("checking " + name, context.output);
  CheckRequest request;
  if (options.deep) request.depth = CheckRequest::Depth::kContent;
  if (options.repair) request.repair = CheckRequest::Repair::kSafe;
  request.progress = [&](uint64_t done, uint64_t total) { progress.Update(done, total); };
  CheckReport report = TRY(CheckAccount(context.accounts, name, request));
  progress.Finish();
  return report;
}

Result<ExitCode> Check(Context& context, const Options& options) {
  Json documents = Json::array();
  bool clean = true;
  for (const std::string& name : options.names) {
    const CheckReport report = TRY(CheckOne(context, name, options));
    clean = clean && report.findings.empty();
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

void AddAccountCheck(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      line.Add(group,
               {.name = "check",
                .sentence = "Verifies all that accounts have stored: records, references, files.",
                .example = "replicafs account check westus eastus --deep",
                .exit_codes = "0: clean. 1: something was found, also when it was repaired."},
               [options](Context& context) { return Check(context, *options); });
  command.add_option("NAME", options->names, "The accounts")->required();
  command.add_flag("--deep", options->deep, "Read every block and compare its hash");
  command.add_flag("--repair", options->repair,
                   "Mend what is safe to mend: counters, files that nothing refers to");
}

}  // namespace replicafs
