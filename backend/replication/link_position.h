// Where a link stands, as it finds that itself when it starts. For who asks without running it.
#pragma once

#include <cstdint>

#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/link_passed.h"
#include "backend/replication/link_rows.h"
#include "backend/replication/policy.h"

namespace replicafs {

struct LinkPosition {
  LinkCursor cursor;
  Policy agreed;                         // what both halves say
  std::vector<std::string> differences;  // a sentence for each rule on which they disagree
  PassedRules passed;
};

// `policy`: the source's half. `head`: of the source's journal. Rules that are new take the cursor
// back, and what is at the destination up to `head` is adopted. kNotFound when the destination does
// not have the policy.
Result<LinkPosition> ReadPosition(AccountSource& accounts, const Policy& policy, uint64_t head);

}  // namespace replicafs
