// The running copy from one source account to one destination account under one policy.
// Guarantees and recovery: PROTOCOL.md.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/policy.h"

namespace replicafs {

struct LinkOptions {
  size_t window_events = 512;                   // events in flight between two commits
  uint64_t window_bytes = uint64_t{256} << 20;  // content in flight; one larger blob goes alone
  size_t staging_threads = 2;
};

enum class StepResult {
  kCaughtUp,    // nothing was left to do
  kAdvanced,    // something was done; there may be more
  kPolicyGone,  // the policy was removed or its halves differ: the link is over
};

// One step at a time, from one thread. Keeps no state that matters: everything is in the rows of
// link_state.h, so a link may be dropped at any moment and made anew.
class Link {
 public:
  Link(std::shared_ptr<Account> source, std::shared_ptr<Account> destination, std::string policy_id,
       const Clock& clock, LinkOptions options = {});
  ~Link();

  // Copies the next window of events. Transient errors are returned (the caller waits and calls
  // again: nothing was passed over); permanent ones of a single blob become Failure rows.
  Result<StepResult> Step(std::stop_token stop);
  // Writes the watermark where the source can see it, if it moved; Step does so now and then.
  Status PublishProgress(std::string last_error = {});
  // Copies again what failed, where its cause may have gone.
  Status RetryFailures(std::stop_token stop);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace replicafs
