#include "backend/azure/azure_account.h"

#include <optional>
#include <utility>

#include "backend/azure/content_upload.h"
#include "backend/azure/event_upload.h"
#include "backend/azure/published_journal.h"
#include "backend/azure/service_reader.h"
#include "backend/azure/service_scan.h"
#include "backend/base/thread_pool.h"

namespace replicafs {

namespace azure {

constexpr size_t kBlockQueue = 32;

// In the order in which it ends backwards.
struct AzureAccountParts {
  AzureAccountParts(std::shared_ptr<BlobService> the_service, const AzureAccount::Options& options)
      : service(std::move(the_service)),
        pool(options.block_threads, kBlockQueue),
        content(*service, pool) {}

  // Once the local side is open, which opens versions through this.
  void Begin(std::unique_ptr<EmbeddedAccount> opened, const AzureAccount::Options& options) {
    local = std::move(opened);
    view.emplace(*local, *service, content, options.kept);
    upload.emplace(*view);
    uploader.emplace(*local, *upload, options.uploads);
    scan.emplace(*view, [this] { return uploader->Published(); });
    store.emplace(*view, *scan, *uploader, options.store);
    journal.emplace(local->journal(), *uploader);
  }

  const std::shared_ptr<BlobService> service;
  ThreadPool pool;
  ContentUploader content;
  std::unique_ptr<EmbeddedAccount> local;
  std::optional<ServiceView> view;
  std::optional<EventUpload> upload;
  std::optional<Uploader> uploader;
  std::optional<ServiceScan> scan;
  std::optional<AzureStore> store;
  std::optional<PublishedJournal> journal;
};

}  // namespace azure

Status AzureAccount::Create(const std::string& directory) {
  return EmbeddedAccount::Create(directory);
}

Result<std::unique_ptr<AzureAccount>> AzureAccount::Open(
    const std::string& directory, std::string name, std::shared_ptr<azure::BlobService> service,
    const Clock& clock, const Options& options) {
  auto parts = std::make_unique<azure::AzureAccountParts>(std::move(service), options);
  EmbeddedAccount::Options local = options.local;
  local.open_at_service = [opener = parts.get()](embedded::OpenedVersion version) {
    return std::make_unique<azure::ServiceReader>(std::move(version), *opener->view);
  };
  auto opened = TRY(EmbeddedAccount::Open(directory, std::move(name), clock, local));
  parts->Begin(std::move(opened), options);
  return std::unique_ptr<AzureAccount>(new AzureAccount(std::move(parts)));
}

AzureAccount::AzureAccount(std::unique_ptr<azure::AzureAccountParts> parts)
    : parts_(std::move(parts)) {}

AzureAccount::~AzureAccount() = default;

const std::string& AzureAccount::name() const {
  return parts_->local->name();
}

BlobStore& AzureAccount::store() {
  return *parts_->store;
}

Journal& AzureAccount::journal() {
  return *parts_->journal;
}

const std::string& AzureAccount::local_directory() const {
  return parts_->local->local_directory();
}

}  // namespace replicafs
