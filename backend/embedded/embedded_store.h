// BlobStore over the account's tables and block files: hands each call to the file that does it.
#pragma once

#include <string>

#include "backend/blob/blob_store.h"
#include "backend/embedded/applier.h"
#include "backend/embedded/block_files.h"
#include "backend/embedded/block_reader.h"
#include "backend/embedded/embedded_journal.h"
#include "backend/embedded/pins.h"
#include "backend/embedded/reserve.h"
#include "backend/embedded/schema.h"
#include "backend/embedded/service_side.h"
#include "backend/lmdb/environment.h"

namespace replicafs::embedded {

// What the store works on; all of it outlives the store.
struct StoreParts {
  std::string directory;
  lmdb::Environment& environment;
  const Tables& tables;
  const BlockFiles& files;
  BlockReader& reader;
  Pins& pins;
  EmbeddedJournal& journal;
  const Reserve& reserve;
  const Clock& clock;
  OpenAtService open_at_service;  // empty: all content is here
};

class EmbeddedStore final : public BlobStore {
 public:
  EmbeddedStore(const StoreParts& parts, uint64_t inline_max_bytes);

  const Capabilities& capabilities() const override { return capabilities_; }
  Result<std::vector<ContainerInfo>> ListContainers() override;
  Result<ContainerInfo> GetContainer(std::string_view container) override;
  Result<BlobInfo> Stat(const BlobPath& path, VersionId version) override;
  Result<PrefixInfo> StatPrefix(const BlobPath& prefix) override;
  Result<ListPage> List(const ListRequest& request) override;
  Result<NamePage> ListNames(const ListNamesRequest& request) override;
  Result<std::vector<BlobInfo>> ListVersions(const BlobPath& path) override;
  Result<std::unique_ptr<BlobReader>> Open(const BlobPath& path, VersionId version) override;
  Result<std::vector<BlobInfo>> ListSnapshots(const BlobPath& path) override;
  Result<std::unique_ptr<BlobReader>> OpenSnapshot(const BlobPath& path,
                                                   VersionId snapshot) override;
  Result<std::vector<bool>> HasBlocks(std::span<const Digest> digests) override;
  Status StageBlock(const Digest& digest, ByteSpan bytes) override;
  Result<size_t> ReadBlock(const Digest& digest, uint64_t offset,
                           std::span<std::byte> into) override;
  Result<std::vector<Outcome>> Apply(std::vector<Mutation> mutations, uint64_t writer) override;
  Result<std::optional<std::string>> GetState(std::string_view key) override;
  Result<std::vector<StateRow>> ListState(std::string_view prefix) override;
  Result<uint64_t> ReserveFileIds(uint64_t count) override;
  Result<SpaceInfo> Space() override;

  // REQUIRES: no mutation among them brings content.
  Result<std::vector<Outcome>> ApplyForService(const std::vector<ServiceChange>& changes);
  Result<std::vector<ContentHome>> HomesOf(const BlobPath& path, VersionId version);

 private:
  std::vector<BlobInfo> ToInfos(const BlobPath& path,
                                const std::vector<VersionRecord>& records) const;
  Result<std::unique_ptr<BlobReader>> OpenRecord(const lmdb::Transaction& transaction,
                                                 const BlobPath& path, const VersionRecord& record);

  const StoreParts parts_;
  const Capabilities capabilities_;
  Applier applier_;
};

}  // namespace replicafs::embedded
