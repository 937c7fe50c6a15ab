#include "backend/account/account_check.h"

#include <memory>
#include <utility>

#include "backend/embedded/embedded_account.h"

namespace replicafs {
namespace {

embedded::CheckOptions OptionsFor(const CheckRequest& request) {
  embedded::CheckOptions options;
  if (request.depth == CheckRequest::Depth::kContent) options.depth = embedded::CheckDepth::kBytes;
  if (request.repair == CheckRequest::Repair::kSafe)
    options.repair = embedded::CheckRepair::kRepair;
  return options;
}

CheckFinding Convert(embedded::Finding finding) {
  return {.severity = finding.severity == embedded::Severity::kError
                          ? CheckFinding::Severity::kError
                          : CheckFinding::Severity::kInformation,
          .kind = std::move(finding.kind),
          .message = std::move(finding.what),
          .repaired = finding.repaired};
}

CheckReport TooDamaged(const Error& error) {
  CheckReport report;
  report.findings.push_back({.kind = "database-damaged", .message = error.message});
  report.clean = false;
  return report;
}

}  // namespace

Result<CheckReport> CheckAccount(AccountSource& accounts, std::string_view name,
                                 const CheckRequest& request) {
  const auto opened = accounts.OpenAccount(name);
  if (!opened && opened.error().code == ErrorCode::kCorrupt) return TooDamaged(opened.error());
  if (!opened) return opened.error();
  const std::shared_ptr<Account>& account = *opened;
  auto* const embedded_account = dynamic_cast<EmbeddedAccount*>(account.get());
  if (embedded_account == nullptr)
    return Error{ErrorCode::kNotSupported,
                 "account '" + account->name() + "' has no check: its service keeps it"};
  embedded::CheckReport found = TRY(embedded_account->Check(OptionsFor(request)));
  CheckReport report{.clean = found.clean(),
                     .containers = found.containers,
                     .versions = found.versions,
                     .blocks = found.blocks,
                     .block_bytes = found.block_bytes,
                     .events = found.events};
  for (embedded::Finding& finding : found.findings)
    report.findings.push_back(Convert(std::move(finding)));
  return report;
}

}  // namespace replicafs
