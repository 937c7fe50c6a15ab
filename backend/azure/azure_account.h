// An account at a service that speaks the Blob REST API.
//
// On this machine it has a local side, an embedded account (backend/embedded/service_side.h): all
// that is known of its blobs, the content that the service does not have yet or that was read
// lately, and a journal. A change is made there first, in one step; then it is brought to the
// service, and counts. So a crash at any moment is followed by bringing the rest, and what the
// local side has never differs from the service but for that.
#pragma once

#include <memory>
#include <string>

#include "backend/azure/azure_store.h"
#include "backend/azure/blob_service.h"
#include "backend/azure/service_view.h"
#include "backend/azure/uploader.h"
#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/embedded/embedded_account.h"

namespace replicafs {

namespace azure {
struct AzureAccountParts;
}  // namespace azure

// Thread-safe. Several processes may have it open at a time, a process only once.
class AzureAccount final : public Account {
 public:
  struct Options {
    EmbeddedAccount::Options local;
    azure::StoreOptions store;
    azure::UploaderOptions uploads;
    azure::KeptVersions kept = azure::KeptVersions::kManaged;
    size_t block_threads = 8;  // uploads of blocks side by side
  };

  // Lays out the local side of an account that this machine has not known before. kExists.
  static Status Create(const std::string& directory);
  // Errors as EmbeddedAccount::Open. Asks the service nothing: it may be out of reach.
  static Result<std::unique_ptr<AzureAccount>> Open(const std::string& directory, std::string name,
                                                    std::shared_ptr<azure::BlobService> service,
                                                    const Clock& clock, const Options& options);
  ~AzureAccount() override;

  const std::string& name() const override;
  BlobStore& store() override;
  Journal& journal() override;
  const std::string& local_directory() const override;

 private:
  explicit AzureAccount(std::unique_ptr<azure::AzureAccountParts> parts);

  const std::unique_ptr<azure::AzureAccountParts> parts_;
};

}  // namespace replicafs
