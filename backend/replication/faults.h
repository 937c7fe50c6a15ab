// Which errors are the fault of one blob, so that the link records them and goes on.
#pragma once

#include "backend/base/result.h"
#include "backend/replication/replication_plan.h"

namespace replicafs {

// False for transient errors, and for those that would befall every blob: the link waits then.
bool IsBlobFault(ErrorCode code);

// From reading a version at the source.
BlobFault SourceFault(const Error& error);
// From a change at the destination.
BlobFault DestinationFault(const Error& error);

}  // namespace replicafs
