// Verifies what an account has stored, whatever its kind.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/account/account_catalog.h"
#include "backend/base/result.h"

namespace replicafs {

struct CheckRequest {
  enum class Depth { kRecords, kContent } depth = Depth::kRecords;  // kContent hashes every block
  enum class Repair { kNone, kSafe } repair = Repair::kNone;
  // Items done, and how many there are as far as is known. Called from the checking thread.
  std::function<void(uint64_t done, uint64_t total)> progress;
};

struct CheckFinding {
  std::string kind;     // stable, such as "MissingBlock"
  std::string message;  // one sentence; names the thing
  bool repaired = false;
};

struct CheckReport {
  uint64_t versions_checked = 0;
  uint64_t blocks_checked = 0;
  std::vector<CheckFinding> findings;
};

// kNotFound, kNotSupported for kinds that cannot be checked; what is damaged is a finding, no
// error.
Result<CheckReport> CheckAccount(AccountCatalog& accounts, std::string_view name,
                                 const CheckRequest& request);

}  // namespace replicafs
