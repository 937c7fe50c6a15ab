// Applies the rules of an account's containers once.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "backend/base/clock.h"
#include "backend/base/file_lock.h"
#include "backend/base/result.h"
#include "backend/blob/account.h"

namespace replicafs {

struct RetentionReport {
  uint64_t blobs = 0;  // looked at
  uint64_t removed_versions = 0;
  uint64_t removed_bytes = 0;  // of the versions; blocks that others have stay
  uint64_t moved_versions = 0;
  uint64_t ended_blobs = 0;         // their current version became a previous one
  uint64_t held_versions = 0;       // would go, but a link has not copied them yet
  uint64_t immutable_versions = 0;  // would go, but a policy or a legal hold protects them

  bool changed() const { return removed_versions + moved_versions + ended_blobs > 0; }
};

struct RetentionPassOptions {
  std::string container;  // empty: all that have rules
  enum class Mode { kApply, kDryRun } mode = Mode::kApply;
  std::stop_token stop;
  // After each page: the report so far, and the name reached. May be empty.
  std::function<void(const RetentionReport&, const std::string& name)> progress;
};

// The right to apply the rules of an account, for one process at a time. nullopt: another has it.
Result<std::optional<FileLock>> AcquireRetention(Account& account);

// Goes through the containers name by name, in steps of at most kRetentionStepChanges changes. Each
// step writes down how far it came ("retention-position/<container>"). A pass goes on where one
// that was interrupted has left off, so that however short passes are, all names get their turn;
// from the end it goes to the beginning and on to where it started, because nobody knows how long
// ago the names before that were looked at. So a pass that ends has looked at every name once. A
// dry one starts at the beginning. Rules that change meanwhile end the pass of their container.
// Returns early, without an error, when stopped. REQUIRES for kApply: AcquireRetention.
Result<RetentionReport> RunRetentionPass(Account& account, const Clock& clock,
                                         const RetentionPassOptions& options);

constexpr size_t kRetentionStepChanges = 200;

}  // namespace replicafs
