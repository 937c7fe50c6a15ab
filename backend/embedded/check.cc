#include "backend/embedded/check.h"

#include "backend/embedded/account_parts.h"
#include "backend/embedded/check_blocks.h"
#include "backend/embedded/check_rows.h"
#include "backend/embedded/check_tables.h"

namespace replicafs::embedded {

bool CheckReport::clean() const {
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::kError && !finding.repaired) return false;
  }
  return true;
}

Result<CheckReport> Check(AccountParts& parts, const CheckOptions& options) {
  CheckReport report;
  const bool repair = options.repair == CheckRepair::kRepair;
  for (std::string& what : TRY(parts.environment->FindDamage(lmdb::PageDepth::kAll)))
    report.findings.push_back({Severity::kError, "database-damaged", std::move(what), false});
  // Whoever follows damaged pages may end anywhere.
  if (!report.findings.empty()) return report;
  BlockTable blocks;
  bool sound = false;
  if (repair) {
    // Inside a write transaction nothing changes between looking and mending.
    const Status done =
        parts.environment->Update([&](lmdb::WriteTransaction& transaction) -> Status {
          report = CheckReport{};
          blocks.clear();
          sound = CheckRows(transaction, parts.tables, blocks, report);
          if (!sound) return Ok();
          TableCheck check(transaction, parts.tables, report);
          TRY(check.Run(blocks));
          return check.Repair(transaction, parts.clock.Now());
        });
    if (!done) return done.error();
  } else {
    const lmdb::ReadTransaction transaction = TRY(parts.environment->BeginRead());
    sound = CheckRows(transaction, parts.tables, blocks, report);
    TableCheck check(transaction, parts.tables, report);
    if (sound) TRY(check.Run(blocks));
  }
  TRY(CheckBlockFiles(parts, blocks, options.depth, report));
  if (repair && sound) TRY(parts.garbage.CollectAll(kCheckGrace));
  return report;
}

}  // namespace replicafs::embedded
