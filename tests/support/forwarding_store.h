// A store that passes every call on: the base of those that change one thing.
#pragma once

#include "backend/blob/account.h"

namespace replicafs {

// `inner` outlives the store.
class ForwardingStore : public BlobStore {
 public:
  explicit ForwardingStore(BlobStore& inner) : inner_(inner) {}

  const Capabilities& capabilities() const override { return inner_.capabilities(); }
  Result<std::vector<ContainerInfo>> ListContainers() override { return inner_.ListContainers(); }
  Result<ContainerInfo> GetContainer(std::string_view container) override {
    return inner_.GetContainer(container);
  }
  Result<BlobInfo> Stat(const BlobPath& path, VersionId version) override {
    return inner_.Stat(path, version);
  }
  Result<PrefixInfo> StatPrefix(const BlobPath& prefix) override {
    return inner_.StatPrefix(prefix);
  }
  Result<ListPage> List(const ListRequest& request) override { return inner_.List(request); }
  Result<std::vector<BlobInfo>> ListVersions(const BlobPath& path) override {
    return inner_.ListVersions(path);
  }
  Result<std::unique_ptr<BlobReader>> Open(const BlobPath& path, VersionId version) override {
    return inner_.Open(path, version);
  }
  Result<std::vector<bool>> HasBlocks(std::span<const Digest> digests) override {
    return inner_.HasBlocks(digests);
  }
  Status StageBlock(const Digest& digest, ByteSpan bytes) override {
    return inner_.StageBlock(digest, bytes);
  }
  Result<size_t> ReadBlock(const Digest& digest, uint64_t offset,
                           std::span<std::byte> into) override {
    return inner_.ReadBlock(digest, offset, into);
  }
  Result<std::vector<Outcome>> Apply(std::vector<Mutation> mutations, uint64_t writer) override {
    return inner_.Apply(std::move(mutations), writer);
  }
  Result<std::optional<std::string>> GetState(std::string_view key) override {
    return inner_.GetState(key);
  }
  Result<std::vector<StateRow>> ListState(std::string_view prefix) override {
    return inner_.ListState(prefix);
  }
  Result<uint64_t> ReserveFileIds(uint64_t count) override { return inner_.ReserveFileIds(count); }
  Result<SpaceInfo> Space() override { return inner_.Space(); }

 private:
  BlobStore& inner_;
};

}  // namespace replicafs
