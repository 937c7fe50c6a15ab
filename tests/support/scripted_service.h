// A BlobService in front of another: counts what is asked, and fails when told to.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backend/azure/blob_service.h"
#include "backend/base/mutex.h"

namespace replicafs::azure {

// Thread-safe.
class ScriptedService final : public BlobService {
 public:
  // Asked before each call, with its name ("PutBlob") and the blob's; an error is its answer.
  using Script = std::function<Status(const std::string& call, const std::string& name)>;

  explicit ScriptedService(std::shared_ptr<BlobService> inner) : inner_(std::move(inner)) {}

  void SetScript(Script script) {
    MutexLock lock(mutex_);
    script_ = std::move(script);
  }
  // How often each was asked since then.
  std::map<std::string, size_t> TakeCounts() {
    MutexLock lock(mutex_);
    return std::exchange(counts_, {});
  }

  Result<std::vector<RemoteContainer>> ListContainers() override {
    TRY(Ask("ListContainers", ""));
    return inner_->ListContainers();
  }
  Result<RemoteContainer> GetContainer(std::string_view container) override {
    TRY(Ask("GetContainer", container));
    return inner_->GetContainer(container);
  }
  Status CreateContainer(std::string_view container, const StringMap& metadata) override {
    TRY(Ask("CreateContainer", container));
    return inner_->CreateContainer(container, metadata);
  }
  Status DeleteContainer(std::string_view container) override {
    TRY(Ask("DeleteContainer", container));
    return inner_->DeleteContainer(container);
  }
  Result<RemotePage> ListBlobs(const ListBlobsRequest& request) override {
    TRY(Ask("ListBlobs", request.prefix));
    return inner_->ListBlobs(request);
  }
  Result<RemoteBlob> GetProperties(const BlobAddress& address) override {
    TRY(Ask("GetProperties", address.name));
    return inner_->GetProperties(address);
  }
  Result<size_t> Read(const ReadRequest& request, std::span<std::byte> into) override {
    TRY(Ask("Read", request.address.name));
    return inner_->Read(request, into);
  }
  Result<std::vector<RemoteBlock>> GetBlocks(const BlobAddress& address) override {
    TRY(Ask("GetBlocks", address.name));
    return inner_->GetBlocks(address);
  }
  Result<StringMap> GetTags(const BlobAddress& address) override {
    TRY(Ask("GetTags", address.name));
    return inner_->GetTags(address);
  }
  Result<Written> PutBlob(const BlobAddress& address, ByteSpan bytes,
                          const WriteProperties& properties,
                          const Conditions& conditions) override {
    TRY(Ask("PutBlob", address.name));
    return inner_->PutBlob(address, bytes, properties, conditions);
  }
  Status PutBlock(const BlobAddress& address, std::string_view block_id, ByteSpan bytes) override {
    TRY(Ask("PutBlock", address.name));
    return inner_->PutBlock(address, block_id, bytes);
  }
  Result<Written> PutBlockList(const BlobAddress& address, std::span<const std::string> block_ids,
                               const WriteProperties& properties,
                               const Conditions& conditions) override {
    TRY(Ask("PutBlockList", address.name));
    return inner_->PutBlockList(address, block_ids, properties, conditions);
  }
  Result<Written> Copy(const BlobAddress& from, std::string_view from_if_match,
                       const BlobAddress& to, const std::optional<WriteProperties>& properties,
                       const Conditions& conditions) override {
    TRY(Ask("Copy", to.name));
    return inner_->Copy(from, from_if_match, to, properties, conditions);
  }
  Status Delete(const BlobAddress& address, const Conditions& conditions,
                SnapshotsOfDeleted snapshots) override {
    TRY(Ask("Delete", address.name));
    return inner_->Delete(address, conditions, snapshots);
  }
  Result<std::vector<Status>> DeleteBatch(std::span<const BlobAddress> addresses) override {
    TRY(Ask("DeleteBatch", ""));
    return inner_->DeleteBatch(addresses);
  }
  Result<Written> SetMetadata(const BlobAddress& address, const StringMap& metadata,
                              const Conditions& conditions) override {
    TRY(Ask("SetMetadata", address.name));
    return inner_->SetMetadata(address, metadata, conditions);
  }
  Result<Written> SetHeaders(const BlobAddress& address, const ContentHeaders& headers,
                             const std::optional<Md5>& content_md5,
                             const Conditions& conditions) override {
    TRY(Ask("SetHeaders", address.name));
    return inner_->SetHeaders(address, headers, content_md5, conditions);
  }
  Status SetTags(const BlobAddress& address, const StringMap& tags) override {
    TRY(Ask("SetTags", address.name));
    return inner_->SetTags(address, tags);
  }
  Status SetTier(const BlobAddress& address, Tier tier) override {
    TRY(Ask("SetTier", address.name));
    return inner_->SetTier(address, tier);
  }
  Result<std::string> Snapshot(const BlobAddress& address, const StringMap& metadata,
                               const Conditions& conditions) override {
    TRY(Ask("Snapshot", address.name));
    return inner_->Snapshot(address, metadata, conditions);
  }
  bool has_shown_versions() const override { return inner_->has_shown_versions(); }

 private:
  Status Ask(const std::string& call, std::string_view name) {
    Script script;
    {
      MutexLock lock(mutex_);
      ++counts_[call];
      script = script_;
    }
    return script ? script(call, std::string(name)) : Ok();
  }

  const std::shared_ptr<BlobService> inner_;
  Mutex mutex_;
  Script script_ GUARDED_BY(mutex_);
  std::map<std::string, size_t> counts_ GUARDED_BY(mutex_);
};

}  // namespace replicafs::azure
