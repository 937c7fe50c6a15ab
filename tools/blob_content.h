// A file's bytes on their way into a blob.
#pragma once

#include <optional>
#include <string>

#include "backend/blob/blob_store.h"
#include "tools/progress.h"

namespace replicafs {

struct FileToStage {
  int fd = -1;
  std::string name;   // for errors
  ContentKeyPtr key;  // nullptr: it is not encrypted
};

// For a commit to name.
struct StagedFile {
  Content content;
  std::optional<ContentEncryption> encryption;
};

// Reads the descriptor to its end and stages what it has. kTooLarge beyond BlobSizeMax.
Result<StagedFile> StageFile(BlobStore& store, const FileToStage& file, Progress& progress);

}  // namespace replicafs
