// What a window of source events means for the destination: a pure decision from what both sides
// say of the blobs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "backend/blob/blob_info.h"
#include "backend/blob/journal.h"
#include "backend/blob/mutation.h"
#include "backend/replication/policy.h"

namespace replicafs {

// Why one event cannot be copied, however often it is tried, until somebody mends the cause.
struct BlobFault {
  std::string code;    // Failure::code
  std::string reason;  // Failure::reason
};

// One event, with what the source says of its version now.
struct SourceChange {
  Event event;
  const Rule* rule = nullptr;  // nullptr: not the policy's business
  // Of the version for kCreated and kPropertiesChanged, nullopt when it is gone; of the blob's
  // current version for kVersionDeleted, nullopt when there is none.
  std::optional<BlobInfo> info;
  std::optional<BlobFault> fault;  // known before the decision, as that its content is unreadable
};

// What the destination has of one blob.
struct DestinationBlob {
  // Newest first. The current version alone, unless an event needs to know of others.
  std::vector<BlobInfo> versions;
};

struct DestinationFacts {
  std::map<BlobPath, DestinationBlob> blobs;
  // Containers that cannot be written to, and why.
  std::map<std::string, BlobFault> containers;
  // What protects versions in the others, by their names, and when that was asked.
  std::map<std::string, ContainerProtection> protections;
  Timestamp now;
  // (blob at the source, version) that current replicas were copied from and that are gone there.
  std::set<std::pair<BlobPath, VersionId>> gone_origins;
  // Events up to here may have been copied by an earlier policy, or by an attempt whose outcome is
  // not known.
  uint64_t maybe_copied_until = 0;
};

struct Action {
  enum class Kind {
    kNothing,
    kCommit,  // new content
    kMove,    // content that another blob at the destination has
    kRemove,
    kPatch,
    kFault,
  };
  Kind kind = Kind::kNothing;
  VersionId replaces;  // kCommit, kMove: the destination's version to replace
  ContentOf content;   // kMove
  VersionId version;   // kPatch: the destination's version
  BlobFault fault;     // kFault
};

// Where the blob of an event lies at the destination.
BlobPath DestinationPath(const SourceChange& change);
// Whether this version, at the destination, is a replica of the blob at `source`.
bool IsReplicaOf(const BlobInfo& version, const std::string& account, const BlobPath& source);

// For each change what is to be done, given that the actions before it have been done.
std::vector<Action> Decide(const Policy& policy, const std::vector<SourceChange>& changes,
                           const DestinationFacts& facts);

}  // namespace replicafs
