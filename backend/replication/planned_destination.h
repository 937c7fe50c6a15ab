// What a destination would have after changes that were decided and not made: what a link decides
// about later events depends on it. For this folder alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "backend/base/digest.h"
#include "backend/blob/mutation.h"
#include "backend/replication/gather.h"
#include "backend/replication/staging.h"
#include "backend/replication/staging_plan.h"

namespace replicafs {

// For one thread. About 60 bytes of memory for each blob that changes and for each block to be
// sent; blobs are known by the first half of a SHA-256.
class PlannedDestination {
 public:
  explicit PlannedDestination(const Policy& policy) : policy_(policy) {}

  // Adds what a batch would change.
  void Apply(const std::vector<Mutation>& mutations);
  // What was gathered, as if all that had been made.
  void Amend(Gathered& gathered) const;
  // Drops the blocks that have been sent by then.
  void DropSent(std::vector<StagingPiece>& pieces) const;
  // Adds what is sent now to that, and to the items' sent_bytes.
  void Send(const std::vector<StagingPiece>& pieces, std::vector<StageItem>& items);

  // With at least one new version.
  uint64_t blobs() const { return blobs_; }

 private:
  struct Key {
    uint64_t high = 0;
    uint64_t low = 0;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const { return key.high; }
  };
  struct Change {
    VersionId newest;         // at the source, of the newest new version; zero: there is none
    bool is_current = false;  // else the blob has no current version any more
  };

  static Key KeyOf(const BlobPath& path);
  void AmendBlob(const BlobPath& path, const BlobPath& source, DestinationBlob& blob) const;
  void AmendProperties(const SourceChange& change, DestinationBlob& blob) const;

  const Policy& policy_;
  std::unordered_map<Key, Change, KeyHash> changes_;
  std::set<VersionId> patched_;  // at the destination
  std::unordered_set<Digest, DigestHash> sent_;
  uint64_t blobs_ = 0;
};

}  // namespace replicafs
