// The check list of explain.h: each item is one function of what is known. For this folder alone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/explain.h"

namespace replicafs {

struct ExplainFacts {
  const Policy& policy;
  const Rule& rule;
  BlobPath blob;                   // at the source
  BlobStatus status;               // of all its versions under the policy
  std::vector<BlobInfo> waiting;   // versions at the source that may still be copied
  std::optional<Failure> failure;  // the newest
  bool superseded = false;         // that one was given up
  bool pending = false;            // some version has not been tried yet

  bool at_source = false;  // the source has its half of the policy
  std::optional<Policy> at_destination;
  bool half = false;  // IsHalf

  Result<std::shared_ptr<Account>> destination = Error{};
  Result<ContainerInfo> container = Error{};  // at the destination
  std::optional<Timestamp> deleted_until;     // while it is being deleted
  std::vector<BlobInfo> replicas;             // newest first

  bool running = false;  // some process owns the link
  std::string last_error;

  bool IsWaiting() const { return status == BlobStatus::kPending || status == BlobStatus::kFailed; }
};

// In the document's order, then the link's own.
std::vector<CheckOutcome> WalkCheckList(const ExplainFacts& facts);

}  // namespace replicafs
