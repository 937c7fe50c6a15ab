// Where a blob lies while it is changed, and the steps that all changes of blobs are made of.
#pragma once

#include <optional>
#include <string>

#include "backend/base/result.h"
#include "backend/blob/mutation.h"
#include "backend/embedded/change.h"
#include "backend/embedded/directory_path.h"
#include "backend/embedded/records.h"

namespace replicafs::embedded {

struct Place {
  DirectoryPath directory;
  std::string component;
  std::optional<VersionRecord> current;
};

// Changes nothing.
Result<Place> FindPlace(const Change& change, const ContainerRecord& container,
                        const BlobPath& path);

// kPrecondition.
Status CheckPrecondition(const Precondition& condition, const Place& place, const BlobPath& path);
// Whether a writer that acts for `policy_id` (empty: for nobody) may change the container:
// kDestination, or kPrecondition when the policy is gone.
Status CheckDestination(const ContainerRecord& container, const std::string& name,
                        const std::string& policy_id);

// kImmutable.
Status CheckMutable(const Change& change, const ContainerRecord& container, const BlobPath& path,
                    const VersionRecord& version);

// Writes the current version's row. No current version becomes one: counts, directories and flags
// follow.
Status InsertCurrent(Change& change, Place& place, VersionRecord record, Timestamp changed);
// In place of the current one, which the caller has dealt with.
Status ReplaceCurrent(Change& change, Place& place, VersionRecord record);
// The record becomes the current version, and what was it a previous one; or, when it is the one
// that is `replaced`, it goes for good.
Status SupersedeCurrent(Change& change, const BlobPath& path, Place& place, VersionRecord record,
                        VersionId replaced);
// The blob has no current version any more. The caller has dealt with the record.
Status EraseCurrent(Change& change, Place& place, Timestamp changed);
// The row of a previous version, or of a snapshot.
Status PutPrevious(Change& change, const Place& place, const VersionRecord& record);
// What happened to a version of the path; without its sequence.
Event EventOf(EventKind kind, const BlobPath& path, const VersionRecord& version, Timestamp time);

// Puts a version that ends, the one of the path at that place, among the previous ones; when the
// account's versioning is off, until the end of the change.
Status EndVersion(Change& change, const BlobPath& path, const Place& place, VersionRecord record,
                  Timestamp ended);

// Forgets a previous version, or a snapshot, for good.
Status ForgetVersion(Change& change, Place& place, const VersionRecord& record);

// In place of the row of the same version, current or previous.
Status RewriteVersion(Change& change, Place& place, const VersionRecord& record);

}  // namespace replicafs::embedded
