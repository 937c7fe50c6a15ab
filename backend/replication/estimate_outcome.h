// What became of an estimate: what its policy has really copied.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/estimate.h"

namespace replicafs {

struct OutcomeOptions {
  std::function<void(uint64_t blobs)> progress;  // that were looked at; may be empty
};

struct ReplicaCount {
  uint64_t blobs = 0;
  uint64_t versions = 0;
  uint64_t bytes = 0;
};

struct EstimateOutcome {
  Policy policy;         // the source's half
  bool done = false;     // the link has passed everything that was estimated
  uint64_t pending = 0;  // operations up to the estimate's head that it has not
  // Counted at the destination: replicas that this policy made of versions up to the head. nullopt
  // where it had made some before the estimate, which look the same.
  std::optional<ReplicaCount> replicas;
  // By the link's own counters, which count later changes too.
  uint64_t copied_versions = 0;
  uint64_t copied_bytes = 0;
  uint64_t sent_bytes = 0;
  uint64_t later_changes = 0;              // of the policy, above the head
  std::map<std::string, uint64_t> failed;  // recorded failures up to the head, by code
};

// `estimate`: its policy, whose accounts, rules and id (empty: it was not made yet) say which one
// it became, its head, and what the link had done before. kNotFound: the accounts have no policy
// between them, or only half of one; kPrecondition: its rules or its id are not those of the
// estimate, or its link has done less than before it.
Result<EstimateOutcome> ReadOutcome(AccountSource& accounts, const Estimate& estimate,
                                    const OutcomeOptions& options);

}  // namespace replicafs
