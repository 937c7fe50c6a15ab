// Verifies what an account has stored, whatever its kind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/account.h"

namespace replicafs {

struct CheckRequest {
  enum class Depth { kRecords, kContent } depth = Depth::kRecords;  // kContent hashes every block
  enum class Repair { kNone, kSafe } repair = Repair::kNone;
};

struct CheckFinding {
  enum class Severity { kInformation, kError } severity = Severity::kError;
  std::string kind;     // stable, such as "block-missing"
  std::string message;  // one sentence; names the thing
  bool repaired = false;
};

struct CheckReport {
  std::vector<CheckFinding> findings;
  bool clean = true;  // no error, or none that was not repaired
  uint64_t containers = 0;
  uint64_t versions = 0;
  uint64_t blocks = 0;
  uint64_t block_bytes = 0;
  uint64_t events = 0;
};

// kNotFound, kNotSupported for kinds that cannot be checked; what is damaged is a finding, no
// error.
Result<CheckReport> CheckAccount(AccountSource& accounts, std::string_view name,
                                 const CheckRequest& request);

}  // namespace replicafs
