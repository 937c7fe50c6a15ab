// Makes blobs what they were at a moment.
#pragma once

#include <optional>
#include <string>

#include "backend/base/result.h"
#include "backend/base/time.h"
#include "backend/blob/blob_store.h"

namespace replicafs {

enum class RestoreKind { kUntouched, kRestored, kRemoved };

struct RestoreStep {
  RestoreKind kind = RestoreKind::kUntouched;
  BlobPath path;
  VersionId version;        // that becomes current again
  bool exact = true;        // BlobThen
  uint64_t size_bytes = 0;  // of the version
  // Set unless untouched. Fails with kPrecondition, or kNotFound, when the blob or the version has
  // changed since.
  std::optional<Mutation> change;
};

// What is to be done about a blob whose newest version is `newest` (as ListScope::kAll lists it).
// Untouched is also a blob whose current version has the same content and properties.
Result<RestoreStep> PlanRestore(BlobStore& store, const std::string& container,
                                const BlobInfo& newest, Timestamp moment);

}  // namespace replicafs
