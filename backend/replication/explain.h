// Why a blob is, or is not, at the destinations of its policies: the check list of Azure's document
// on object replication ("Replication status"), and what a link knows beyond it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/link_state.h"
#include "backend/replication/policy.h"
#include "backend/replication/status.h"

namespace replicafs {

enum class Finding {
  kOk,
  kCause,    // keeps something of the blob from being copied
  kUnknown,  // cannot be told now
};
std::string_view ToString(Finding finding);  // "ok", "cause", "unknown"

struct CheckOutcome {
  std::string_view id;        // stable, such as "destinationContainerExists"
  std::string_view question;  // what holds when all is well, as a sentence
  Finding finding = Finding::kUnknown;
  std::string detail;
  std::string remedy;  // of a cause
};

struct VersionExplanation {
  VersionId version;
  bool is_current = false;
  uint64_t bytes = 0;
  BlobStatus status = BlobStatus::kNone;  // under this policy
  std::string reason;                     // why it failed, or why no rule copies it
};

struct PolicyExplanation {
  Policy policy;
  std::optional<Rule> rule;  // the one that copies blobs of this name
  // Why nothing of the blob is copied: its container, its name or its age. Else empty.
  std::string not_copied;
  BlobStatus status = BlobStatus::kNone;     // of all versions: failed, else pending, else complete
  std::vector<VersionExplanation> versions;  // newest first
  std::optional<Failure> failure;            // the newest that is recorded
  bool superseded = false;                   // it was given up (ReadSuperseded)
  std::vector<CheckOutcome> checks;          // empty when the policy does not copy the blob
};

// Of each policy whose source is this account. Empty when there is none. kNotFound when the source
// has no version of the blob and no failure is recorded of it.
Result<std::vector<PolicyExplanation>> Explain(AccountSource& accounts,
                                               const std::shared_ptr<Account>& source,
                                               const BlobPath& blob, const Clock& clock);

}  // namespace replicafs
