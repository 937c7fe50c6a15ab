// Compares everything in the account with everything else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backend/base/result.h"

namespace replicafs::embedded {

struct AccountParts;

enum class CheckRepair { kReport, kRepair };
// kNames compares block files by name and size; kBytes also reads and hashes each.
enum class CheckDepth { kNames, kBytes };

struct CheckOptions {
  CheckRepair repair = CheckRepair::kReport;
  CheckDepth depth = CheckDepth::kNames;
};

enum class Severity { kInformation, kError };

struct Finding {
  Severity severity = Severity::kError;
  std::string kind;  // a short stable word, such as "block-missing"
  std::string what;  // a sentence that names the thing
  bool repaired = false;
};

struct CheckReport {
  std::vector<Finding> findings;
  uint64_t containers = 0;
  uint64_t versions = 0;  // current and previous
  uint64_t blocks = 0;
  uint64_t events = 0;
  uint64_t block_bytes = 0;

  // No error, or none that was not repaired.
  bool clean() const;
};

// Repair mends counts, flags and rows that nothing refers to, and collects garbage; it never
// removes data that something refers to, so damaged or missing blocks stay findings, and it does
// nothing while there are damaged rows. The error is that of the check itself.
Result<CheckReport> Check(AccountParts& parts, const CheckOptions& options);

}  // namespace replicafs::embedded
