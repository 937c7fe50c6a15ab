// Makes one blob, or everything below a name, what it was at a moment.
#pragma once

#include <cstdint>
#include <functional>

#include "backend/past/restore.h"
#include "tools/versions_target.h"

namespace replicafs {

struct RestoreRequest {
  Timestamp moment;
  bool dry_run = false;
  OutputFormat output = OutputFormat::kHuman;  // of the progress
  std::function<void(const RestoreStep&)> planned;
};

struct RestoreReport {
  Timestamp moment;  // the end of the step that was under way
  uint64_t restored = 0;
  uint64_t removed = 0;
  uint64_t untouched = 0;
  uint64_t inexact = 0;
};

// In steps of some hundred blobs. May be interrupted and begun again with the same moment: what is
// done is found untouched. A blob that others change meanwhile is looked at again; their version
// becomes a previous one. kNotFound when nothing ever was there.
Result<RestoreReport> RestoreAt(const VersionsTarget& target, const RestoreRequest& request);

}  // namespace replicafs
