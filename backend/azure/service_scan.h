// Takes over what others have changed at the service: of one blob, of the names below a prefix, of
// the containers. What is found becomes versions and events of the local side.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "backend/azure/blob_service.h"
#include "backend/azure/service_view.h"
#include "backend/base/result.h"

namespace replicafs::azure {

// Thread-safe. Names on which changes wait to be uploaded are left alone: the upload compares.
class ServiceScan {
 public:
  // `published`: the sequence up to which the service has the local journal.
  ServiceScan(ServiceView& view, std::function<Result<uint64_t>()> published)
      : view_(view), published_(std::move(published)) {}

  // One request.
  Status Blob(const BlobPath& path);
  // A request for each 5,000 blobs below the prefix, and one for each that seems to be gone.
  // Nothing when the service has no such container.
  Status Prefix(const std::string& container, const std::string& prefix);
  // A request for each 5,000 containers. Containers that are gone at the service stay.
  Status Containers();

 private:
  Status TakeUp(const BlobPath& path, const std::optional<RemoteBlob>& remote);
  // Whether nothing of this name waits to be uploaded.
  Result<bool> IsSettled(const BlobPath& path);

  ServiceView& view_;
  const std::function<Result<uint64_t>()> published_;
};

}  // namespace replicafs::azure
