// What a policy would copy, found by doing what its link does without its changes: the same
// windows of the journal, the same decisions (copy_batch.h). Writes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/link_state.h"
#include "backend/replication/policy.h"
#include "backend/replication/policy_store.h"

namespace replicafs {

// Events that would be recorded as failures, by their code.
struct FailureForecast {
  std::string code;    // Failure::code
  std::string reason;  // Failure::reason of the first of them
  uint64_t events = 0;
  uint64_t bytes = 0;                 // of versions that would not be copied
  std::vector<std::string> examples;  // "container/name", kForecastExamples at most
};
constexpr size_t kForecastExamples = 3;

// What the policy's rules would have copied of the last days, of whatever age the blobs are.
struct RecentChanges {
  Timestamp since;  // of the oldest event that was looked at; zero: there is none
  uint64_t operations = 0;
  uint64_t bytes = 0;  // of new versions
};
constexpr int64_t kRecentDays = 30;

struct RateBasis {
  enum class Kind {
    kUnknown,
    kLink,     // what this policy's link did in the minute before `measured`
    kReading,  // of a sample of the content, at the source alone: the link is no faster
  } kind = Kind::kUnknown;
  LinkRate rate;
  Timestamp measured;
};

struct Estimate {
  Policy policy;  // without an id where it is not made yet
  Timestamp made;
  uint64_t head = 0;           // of the source's journal; later changes do not count
  uint64_t cursor = 0;         // the event that it starts after
  LinkProgress before;         // the counters of a policy that is at work; else zeros
  uint64_t events = 0;         // of the policy, among those from `cursor` to `head`
  uint64_t blobs = 0;          // with at least one of the versions
  uint64_t versions = 0;       // to be copied
  uint64_t bytes = 0;          // their sizes
  uint64_t sent_bytes = 0;     // of it, what the destination does not have
  uint64_t read_versions = 0;  // whose content, or a part of it, is to be sent
  uint64_t removals = 0;
  uint64_t property_changes = 0;
  uint64_t there_versions = 0;  // at the destination already
  uint64_t there_bytes = 0;
  std::vector<FailureForecast> failures;  // by code
  RecentChanges recent;
  RateBasis basis;
  std::optional<uint64_t> seconds;  // at that rate; with kReading at the least

  uint64_t failed_events() const;
};

struct EstimateOptions {
  std::stop_token stop;
  // Of the journal's events: how many are done, and of how many. May be empty.
  std::function<void(uint64_t done, uint64_t total)> progress;
};

// Of a policy that CreatePolicy would make, with its errors.
Result<Estimate> EstimatePolicy(AccountSource& accounts, const PolicyRequest& request,
                                const Clock& clock, const EstimateOptions& options);
// Of what a policy has still to do, failures that would be tried again included. A link that works
// meanwhile may do some of it. kNotFound when it is not on both accounts.
Result<Estimate> EstimateRest(AccountSource& accounts, const std::string& policy_id,
                              const Clock& clock, const EstimateOptions& options);

}  // namespace replicafs
