// The failures that a link has recorded with its source.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/blob_store.h"
#include "backend/blob/journal.h"
#include "backend/replication/copy_batch.h"
#include "backend/replication/link_state.h"

namespace replicafs {

// For one thread. What it remembers is what it read or wrote last; Load reads anew.
class FailureLog {
 public:
  FailureLog(BlobStore& source, std::string policy_id, const Clock& clock)
      : source_(source), policy_id_(std::move(policy_id)), clock_(clock) {}

  Status Load();
  Status LoadOnce() { return loaded_ ? Ok() : Load(); }

  bool Contains(uint64_t sequence) const { return failures_.contains(sequence); }
  std::vector<Failure> All() const;

  // Before the link's cursor passes these events: records those that failed. Older failures of
  // blobs that `done` brings up to date or removes are given up: superseded while the source has
  // the version, else forgotten. kPrecondition when the policy's row at the source is not
  // `policy_row` any more. Writes nothing when there is nothing to write.
  Status Record(const std::vector<FailedEvent>& failed, const std::vector<Event>& done,
                const std::string& policy_row);
  Status Forget(uint64_t sequence);

 private:
  using VersionKey = std::pair<BlobPath, VersionId>;

  Failure Describe(const FailedEvent& failed) const;
  Result<bool> IsMissed(const Failure& failure) const;
  std::vector<VersionKey> Settled(const std::vector<Event>& done) const;
  Status Write(std::vector<Mutation> mutations);

  BlobStore& source_;
  const std::string policy_id_;
  const Clock& clock_;
  bool loaded_ = false;
  std::map<uint64_t, Failure> failures_;
  std::map<VersionKey, uint64_t> superseded_;  // to the sequence
};

}  // namespace replicafs
