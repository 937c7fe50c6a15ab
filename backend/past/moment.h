// What a blob was at a moment, as its versions tell it.
//
// A version was current from its id to its end. Gaps are left by versions that are not kept: the
// earlier commits of a session, which its last one replaced, and what was deleted for good. A blob
// that lived through the gap (BlobInfo::created) is shown by the nearest version of that life: the
// one before the gap, else the one after it.
#pragma once

#include <optional>
#include <vector>

#include "backend/base/result.h"
#include "backend/base/time.h"
#include "backend/blob/blob_info.h"
#include "backend/blob/journal.h"

namespace replicafs {

struct BlobThen {
  BlobInfo info;      // as it was then: the current version
  bool exact = true;  // false: the version of that moment is not kept, this one stands for it
};

// nullopt when the blob did not exist. `versions` as ListVersions gives them, newest first.
std::optional<BlobThen> BlobAt(const std::vector<BlobInfo>& versions, Timestamp moment);

// What ListVersions would have said.
std::vector<BlobInfo> VersionsAt(std::vector<BlobInfo> versions, Timestamp moment);

// Whether the answer is plain from the newest version alone: then BlobAt of it is that of all.
bool NewestTells(const BlobInfo& newest, Timestamp moment);

// The events of one step have different times but happened at once: a moment between two of them
// is moved to the last one.
Result<Timestamp> EndOfStep(Journal& journal, Timestamp moment);

}  // namespace replicafs
