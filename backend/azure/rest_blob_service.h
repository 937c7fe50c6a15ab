// BlobService over HTTP.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backend/azure/blob_service.h"
#include "backend/azure/credential.h"
#include "backend/azure/endpoint.h"
#include "backend/azure/rest_client.h"
#include "backend/azure/service_options.h"
#include "backend/http/http_client.h"

namespace replicafs::azure {

class RestBlobService final : public BlobService {
 public:
  // Borrows `http` and `credential`.
  RestBlobService(HttpClient& http, Endpoint endpoint, Credential& credential,
                  ServiceOptions options);

  // rest_containers.cc
  Result<std::vector<RemoteContainer>> ListContainers() override;
  Result<RemoteContainer> GetContainer(std::string_view container) override;
  Status CreateContainer(std::string_view container, const StringMap& metadata) override;
  Status DeleteContainer(std::string_view container) override;

  // rest_reads.cc
  Result<RemotePage> ListBlobs(const ListBlobsRequest& request) override;
  Result<RemoteBlob> GetProperties(const BlobAddress& address) override;
  Result<size_t> Read(const ReadRequest& request, std::span<std::byte> into) override;
  Result<std::vector<RemoteBlock>> GetBlocks(const BlobAddress& address) override;
  Result<StringMap> GetTags(const BlobAddress& address) override;

  // rest_writes.cc
  Result<Written> PutBlob(const BlobAddress& address, ByteSpan bytes,
                          const WriteProperties& properties, const Conditions& conditions) override;
  Status PutBlock(const BlobAddress& address, std::string_view block_id, ByteSpan bytes) override;
  Result<Written> PutBlockList(const BlobAddress& address, std::span<const std::string> block_ids,
                               const WriteProperties& properties,
                               const Conditions& conditions) override;
  Status Delete(const BlobAddress& address, const Conditions& conditions,
                SnapshotsOfDeleted snapshots) override;

  // rest_copy.cc
  Result<Written> Copy(const BlobAddress& from, std::string_view from_if_match,
                       const BlobAddress& to, const std::optional<WriteProperties>& properties,
                       const Conditions& conditions) override;

  // rest_batch.cc
  Result<std::vector<Status>> DeleteBatch(std::span<const BlobAddress> addresses) override;

  // rest_properties.cc
  Result<Written> SetMetadata(const BlobAddress& address, const StringMap& metadata,
                              const Conditions& conditions) override;
  Result<Written> SetHeaders(const BlobAddress& address, const ContentHeaders& headers,
                             const std::optional<Md5>& content_md5,
                             const Conditions& conditions) override;
  Status SetTags(const BlobAddress& address, const StringMap& tags) override;
  Status SetTier(const BlobAddress& address, Tier tier) override;
  Result<std::string> Snapshot(const BlobAddress& address, const StringMap& metadata,
                               const Conditions& conditions) override;

  bool has_shown_versions() const override { return client_.has_shown_versions(); }

 private:
  // Whether the blob is what a write would have made it.
  using Recognise = std::function<bool(const RemoteBlob&)>;

  RestCall ContainerCall(std::string operation, std::string_view container) const;
  // Refuses names that the service takes for others (kNotFound of reads, kInvalid of the rest), and
  // version ids where it does not know them.
  Result<RestCall> BlobCall(std::string operation, const BlobAddress& address, Asked asked) const;
  // A write whose answer was lost, and that a condition then refuses, was made if the blob is
  // recognised; if it cannot be, nobody knows (kTimeout).
  Result<Written> Resolve(RestOutcome outcome, const BlobAddress& address,
                          const Recognise& recognise);
  // Of PutBlob and those like it: by kOperationKey.
  static Recognise ByOperation(const WriteProperties& properties);

  RestOutcome SendCopy(const RestCall& call, const BlobAddress& from, CopyForm form);
  // Without an id: of whatever copy the blob comes from.
  Status AwaitCopy(const BlobAddress& to, const std::string& copy_id);
  Status AbortCopy(const BlobAddress& to, const std::string& copy_id);
  // What a copy does not take from its request.
  Result<Written> GiveProperties(const BlobAddress& to, const WriteProperties& properties,
                                 const std::string& lease_id, Written written);

  Result<HttpResponse> SendBatch(const std::string& container, std::span<const HttpRequest> parts);
  Status ResultOfPart(const BlobAddress& address, const std::optional<HttpResponse>& answer);

  RestClient client_;
  const Endpoint endpoint_;
  std::atomic<bool> batches_in_container_{false};  // the credential reaches no farther
};

}  // namespace replicafs::azure
