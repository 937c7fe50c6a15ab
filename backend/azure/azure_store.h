// BlobStore over the local side of an account and the service behind it: reads ask the service
// first where what is known is not young enough, changes are made here and answered when the
// service has them.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "backend/azure/freshness.h"
#include "backend/azure/service_scan.h"
#include "backend/azure/service_view.h"
#include "backend/azure/uploader.h"
#include "backend/blob/forwarding_store.h"

namespace replicafs::azure {

struct StoreOptions {
  // How long an answer of the service counts; zero: it is asked each time.
  std::chrono::milliseconds fresh{1000};
  // How long a change waits for the service. Then it is kept here and goes on being sent.
  std::chrono::milliseconds commit_timeout{120'000};
};

// Thread-safe. Borrows everything.
class AzureStore final : public ForwardingStore {
 public:
  AzureStore(ServiceView& view, ServiceScan& scan, Uploader& uploader, const StoreOptions& options);

  const Capabilities& capabilities() const override { return capabilities_; }
  Result<std::vector<ContainerInfo>> ListContainers() override;
  Result<ContainerInfo> GetContainer(std::string_view container) override;
  Result<BlobInfo> Stat(const BlobPath& path, VersionId version) override;
  Result<PrefixInfo> StatPrefix(const BlobPath& prefix) override;
  Result<ListPage> List(const ListRequest& request) override;
  Result<NamePage> ListNames(const ListNamesRequest& request) override;
  Result<std::vector<BlobInfo>> ListVersions(const BlobPath& path) override;
  Result<std::unique_ptr<BlobReader>> Open(const BlobPath& path, VersionId version) override;
  Result<std::vector<StateRow>> ListState(std::string_view prefix) override;
  // kNotSupported: what the service cannot keep. kStale: somebody else changed the blob, whose
  // state is the current version now; this one is a previous one. kTimeout: it goes on being sent.
  Result<std::vector<Outcome>> Apply(std::vector<Mutation> mutations, uint64_t writer) override;

 private:
  Status RefreshContainers();
  Status RefreshBlob(const BlobPath& path);
  Status RefreshPrefix(const std::string& container, const std::string& prefix);
  Status RefreshFor(const Mutation& mutation);
  // kNameTooLong, before anything is made of it here.
  Status CheckNames(const Mutation& mutation);
  // Of the change that made the event.
  Result<std::vector<uint64_t>> EventsOf(uint64_t before, uint64_t sequence);

  ServiceView& view_;
  ServiceScan& scan_;
  Uploader& uploader_;
  const StoreOptions options_;
  const Capabilities capabilities_;
  Freshness fresh_;
};

}  // namespace replicafs::azure
