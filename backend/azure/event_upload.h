// Brings one event of the local journal to the service. What an event needs is asked of both sides,
// so one that was brought before, or in part, is brought again without harm: after a crash, or when
// an answer was lost.
#pragma once

#include <string>

#include "backend/azure/blob_service.h"
#include "backend/azure/live_row.h"
#include "backend/azure/service_view.h"
#include "backend/base/result.h"
#include "backend/blob/journal.h"

namespace replicafs::azure {

// Thread-safe, for events that have no name in common.
class EventUpload {
 public:
  explicit EventUpload(ServiceView& view) : view_(view) {}

  // kStale: somebody else has changed the blob at the service. Then what the service has is the
  // current version here too, and what was here is a previous one, which is kept. Transient errors
  // leave the event as it is. Any other error is the service's last word on it.
  Status Upload(const Event& event);

 private:
  // kChanged, kForeign: look again, because the service has something else than was known; in the
  // second case what somebody else has made.
  enum class Step { kDone, kChanged, kForeign };

  Result<Step> Once(const Event& event);
  Result<Step> Created(const Event& event);
  Result<Step> Deleted(const Event& event);
  Result<Step> VersionDeleted(const Event& event);
  Result<Step> PropertiesChanged(const Event& event);
  Status TierChanged(const Event& event);
  Status ContainerCreated(const Event& event);
  Status ContainerDeleted(const Event& event);

  Result<bool> OtherHalfWasRefused(const Event& event);

  // The live blob becomes a kept version before it is replaced or deleted.
  Result<Step> KeepLive(const BlobPath& path, const LiveRow& live);
  Result<Step> DeleteLive(const BlobPath& path, const LiveRow& live);
  // After a condition did not hold: takes over what the service has.
  Result<Step> LookAgain(const BlobPath& path);
  Status PatchAt(const BlobAddress& address, const BlobInfo& info, const Conditions& conditions,
                 bool had_tags, std::string* etag);

  ServiceView& view_;
};

}  // namespace replicafs::azure
