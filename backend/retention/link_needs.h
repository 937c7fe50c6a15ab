// What the links of an account still have to read.
#pragma once

#include <cstdint>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/blob/blob_info.h"
#include "backend/replication/policy.h"

namespace replicafs {

class LinkNeeds {
 public:
  // Of all policies whose source is the account, also while nobody runs them.
  static Result<LinkNeeds> Read(Account& source);

  // Whether a link may still copy the version: something about it happened above the link's
  // watermark, or copying it failed and is tried again.
  bool Needs(std::string_view container, const BlobInfo& version) const;

 private:
  struct LinkNeed {
    Policy policy;
    uint64_t watermark = 0;  // 0 too where rules are new: they take the cursor back
    std::set<std::pair<BlobPath, VersionId>> failures;
  };
  std::vector<LinkNeed> links_;
};

}  // namespace replicafs
