// Which version of a blob became which at a destination: read from the origins that replicas carry.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/status.h"

namespace replicafs {

struct VersionPair {
  VersionId source_version;
  std::optional<BlobInfo> source;         // nullopt: gone there, or the account cannot be read
  std::optional<BlobInfo> replica;        // nullopt: there is none
  std::string policy_id;                  // that made the replica; it may be gone by now
  BlobStatus status = BlobStatus::kNone;  // of a source version under the policy in force
};

// One blob at one destination.
struct BlobMap {
  std::string source_account;
  BlobPath source;
  std::string destination_account;
  BlobPath destination;
  std::vector<VersionPair> versions;  // by source version, newest first
};

// Of the blob as a source, by the policies in force, and as a replica, by the origins of its
// versions. Empty when it is neither. kNotFound when it never existed.
Result<std::vector<BlobMap>> MapVersions(AccountSource& accounts, const std::string& account,
                                         const BlobPath& blob);

}  // namespace replicafs
