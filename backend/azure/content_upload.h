// Brings the content of a version to the service: by a copy that the service makes where it has the
// bytes, else block by block, those that it does not have.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backend/azure/blob_service.h"
#include "backend/base/result.h"
#include "backend/base/thread_pool.h"
#include "backend/blob/blob_store.h"

namespace replicafs::azure {

// Where the service may have a content, and in which state (empty: whatever it is).
struct Place {
  BlobAddress address;
  std::string etag;
};

struct ContentUpload {
  BlobAddress to;
  WriteProperties properties;
  Conditions conditions;
  std::vector<Place> sources;    // tried in order
  BlobReader* reader = nullptr;  // the bytes
  bool may_have_blocks = false;  // a blob is at `to` whose blocks can be used again
};

// Thread-safe. `pool` runs uploads of blocks; its tasks block on the network.
class ContentUploader {
 public:
  ContentUploader(BlobService& service, ThreadPool& pool) : service_(service), pool_(pool) {}

  // Errors as BlobService, and those of the reader.
  Result<Written> Upload(const ContentUpload& upload);

 private:
  Result<std::optional<Written>> CopyFrom(const ContentUpload& upload);
  Result<Written> UploadWhole(const ContentUpload& upload);
  Result<Written> UploadBlocks(const ContentUpload& upload);

  BlobService& service_;
  ThreadPool& pool_;
};

// Up to here a blob is put in one request, and has no blocks that could be used again.
constexpr uint64_t kPutMaxBytes = uint64_t{4} << 20;

}  // namespace replicafs::azure
