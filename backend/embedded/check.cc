#include "backend/embedded/check.h"

#include "backend/embedded/account_parts.h"

namespace replicafs::embedded {

bool CheckReport::clean() const {
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::kError && !finding.repaired) return false;
  }
  return true;
}

Result<CheckReport> Check(AccountParts& /*parts*/, const CheckOptions& /*options*/) {
  return Error{ErrorCode::kNotSupported, "check"};
}

}  // namespace replicafs::embedded
