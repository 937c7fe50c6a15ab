// What the links of an account still have to read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/blob/blob_info.h"
#include "backend/replication/policy.h"
#include "backend/replication/rule_index.h"

namespace replicafs {

// Of all policies whose source is the account, also while nobody runs them.
class LinkNeeds {
 public:
  // Knows nothing before the first Refresh. The account must outlive it.
  explicit LinkNeeds(Account& source) : source_(source) {}

  // What they are now. Reads nothing while the account has not changed.
  Status Refresh();

  // Whether a link may still copy the version: something about it happened above the link's
  // watermark, or copying it failed and is tried again.
  bool Needs(std::string_view container, const BlobInfo& version) const;

 private:
  struct LinkNeed {
    explicit LinkNeed(Policy read) : policy(std::move(read)), rules(policy) {}

    bool Covers(std::string_view container, const BlobInfo& version) const;

    const Policy policy;
    const RuleIndex rules;
    uint64_t watermark = 0;  // 0 too where rules are new: they take the cursor back
    std::set<std::pair<BlobPath, VersionId>> failures;
  };

  Account& source_;
  std::optional<uint64_t> read_at_;  // Journal::ChangeCount before `links_` were read
  std::vector<std::unique_ptr<const LinkNeed>> links_;
};

}  // namespace replicafs
