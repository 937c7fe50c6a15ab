// A file's bytes on their way into a blob.
#pragma once

#include "backend/blob/blob_store.h"
#include "tools/progress.h"

namespace replicafs {

// Reads the descriptor to its end and stages what it has, for a commit to name. kTooLarge beyond
// BlobSizeMax. `name` is for errors.
Result<Content> StageFile(BlobStore& store, int fd, const std::string& name, Progress& progress);

}  // namespace replicafs
