// A store that passes every call on: the base of those that change one thing.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backend/blob/blob_store.h"

namespace replicafs {

// `inner` outlives the store.
class ForwardingStore : public BlobStore {
 public:
  explicit ForwardingStore(BlobStore& inner) : inner_(inner) {}

  const Capabilities& capabilities() const override { return inner_.capabilities(); }
  Result<std::vector<ContainerInfo>> ListContainers() override { return Inner().ListContainers(); }
  Result<ContainerInfo> GetContainer(std::string_view container) override {
    return Inner().GetContainer(container);
  }
  Result<BlobInfo> Stat(const BlobPath& path, VersionId version) override {
    return Inner().Stat(path, version);
  }
  Result<PrefixInfo> StatPrefix(const BlobPath& prefix) override {
    return Inner().StatPrefix(prefix);
  }
  Result<ListPage> List(const ListRequest& request) override { return Inner().List(request); }
  Result<NamePage> ListNames(const ListNamesRequest& request) override {
    return Inner().ListNames(request);
  }
  Result<std::vector<BlobInfo>> ListVersions(const BlobPath& path) override {
    return Inner().ListVersions(path);
  }
  Result<std::unique_ptr<BlobReader>> Open(const BlobPath& path, VersionId version) override {
    return Inner().Open(path, version);
  }
  Result<std::vector<BlobInfo>> ListSnapshots(const BlobPath& path) override {
    return Inner().ListSnapshots(path);
  }
  Result<std::unique_ptr<BlobReader>> OpenSnapshot(const BlobPath& path,
                                                   VersionId snapshot) override {
    return Inner().OpenSnapshot(path, snapshot);
  }
  Result<std::vector<bool>> HasBlocks(std::span<const Digest> digests) override {
    return Inner().HasBlocks(digests);
  }
  Status StageBlock(const Digest& digest, ByteSpan bytes) override {
    return Inner().StageBlock(digest, bytes);
  }
  Result<size_t> ReadBlock(const Digest& digest, uint64_t offset,
                           std::span<std::byte> into) override {
    return Inner().ReadBlock(digest, offset, into);
  }
  Result<std::vector<Outcome>> Apply(std::vector<Mutation> mutations, uint64_t writer) override {
    return Inner().Apply(std::move(mutations), writer);
  }
  Result<std::optional<std::string>> GetState(std::string_view key) override {
    return Inner().GetState(key);
  }
  Result<std::vector<StateRow>> ListState(std::string_view prefix) override {
    return Inner().ListState(prefix);
  }
  Result<uint64_t> ReserveFileIds(uint64_t count) override { return Inner().ReserveFileIds(count); }
  Result<SpaceInfo> Space() override { return Inner().Space(); }

 protected:
  // Asked at every call.
  virtual BlobStore& Inner() { return inner_; }

 private:
  BlobStore& inner_;
};

}  // namespace replicafs
