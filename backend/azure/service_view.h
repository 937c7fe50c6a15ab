// What the service has, as this account knows it, and how the two are brought together where others
// have changed it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backend/azure/blob_service.h"
#include "backend/azure/content_upload.h"
#include "backend/azure/live_row.h"
#include "backend/base/result.h"
#include "backend/blob/blob_info.h"
#include "backend/embedded/embedded_account.h"

namespace replicafs::azure {

// What becomes of states that end.
enum class KeptVersions {
  kManaged,  // kept_versions.h
  kNone,
};

// What a look at the service has shown.
enum class Found {
  kSame,     // nothing new
  kOurs,     // a write of this account, whose answer was lost
  kForeign,  // somebody else's state, which is the current version now
  kGone,     // nothing, where there was something
};

// Thread-safe, for calls that have no name in common.
class ServiceView {
 public:
  ServiceView(EmbeddedAccount& local, BlobService& service, ContentUploader& content,
              KeptVersions kept)
      : local_(local), service_(service), content_(content), kept_(kept) {}

  EmbeddedAccount& local() { return local_; }
  BlobService& service() { return service_; }
  ContentUploader& content() { return content_; }
  bool keeps() const { return kept_ == KeptVersions::kManaged; }

  // What is live there.
  Result<std::optional<LiveRow>> Live(const BlobPath& path);
  Status PutLive(const BlobPath& path, const LiveRow& row);
  Status ForgetLive(const BlobPath& path);
  // nullopt: there is no such version any more.
  Result<std::optional<BlobInfo>> Local(const BlobPath& path, VersionId version);

  // Where the service may have a version: live at its name, among the kept ones, or at its homes.
  Result<std::vector<Place>> PlacesOf(const BlobPath& path, VersionId version,
                                      const std::vector<embedded::ContentHome>& homes);
  // The same of its homes alone.
  Result<std::vector<Place>> HomePlaces(const BlobPath& path, VersionId version);

  // A previous version becomes a kept one, by whatever way, if it is none yet.
  Status EnsureKept(const BlobPath& path, const BlobInfo& info);
  Status EnsureKeptContainer();

  // Asks the service, and takes over what it says. Of the upload of a name: changes that wait on it
  // are made on top of that, or kept beside it.
  Result<Found> TakeOver(const BlobPath& path);
  // The same of what a listing or an answer has said (nullopt: no such blob).
  Result<Found> TakeOver(const BlobPath& path, const std::optional<RemoteBlob>& remote);

 private:
  Status Import(const BlobPath& path, const std::optional<std::string>& row,
                const RemoteBlob& remote);

  EmbeddedAccount& local_;
  BlobService& service_;
  ContentUploader& content_;
  const KeptVersions kept_;
};

BlobAddress LiveAddress(const BlobPath& path);
WriteProperties PropertiesOf(const BlobInfo& info);
WriteProperties KeptPropertiesOf(const BlobPath& path, const BlobInfo& info);
// The metadata that a version has at the service.
StringMap ServiceMetadata(const BlobInfo& info);
// What of it is the user's.
StringMap UserMetadata(const StringMap& metadata);

}  // namespace replicafs::azure
