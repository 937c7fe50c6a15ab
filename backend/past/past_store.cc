#include "backend/past/past_store.h"

#include <algorithm>

#include "backend/past/moment.h"

namespace replicafs {
namespace {

Error Refusal() {
  return Error{ErrorCode::kReadOnly, "the past cannot be changed"};
}

Error NotThen(const BlobPath& path, Timestamp moment) {
  return Error{ErrorCode::kNotFound,
               "'" + ToString(path) + "' did not exist at " + ToString(moment)};
}

// Reads a version of the present store, described as it was.
class PastReader final : public BlobReader {
 public:
  PastReader(BlobInfo info, std::unique_ptr<BlobReader> present)
      : info_(std::move(info)), present_(std::move(present)) {}

  const BlobInfo& info() const override { return info_; }
  Status UseKey(ContentKeyPtr key) override { return present_->UseKey(std::move(key)); }
  Result<size_t> ReadAt(uint64_t offset, std::span<std::byte> into) override {
    return present_->ReadAt(offset, into);
  }
  Result<std::optional<FileParts>> PartsAt(uint64_t offset, size_t size) override {
    return present_->PartsAt(offset, size);
  }
  const std::optional<BlockList>& blocks() const override { return present_->blocks(); }

 private:
  const BlobInfo info_;
  const std::unique_ptr<BlobReader> present_;
};

}  // namespace

Result<std::vector<ContainerInfo>> PastStore::ListContainers() {
  auto containers = TRY(Inner().ListContainers());
  std::erase_if(containers, [&](const ContainerInfo& info) { return info.created > moment_; });
  for (ContainerInfo& info : containers) info.directories.reset();
  return containers;
}

Result<ContainerInfo> PastStore::GetContainer(std::string_view container) {
  ContainerInfo info = TRY(Inner().GetContainer(container));
  if (info.created > moment_)
    return Error{ErrorCode::kNotFound,
                 "container '" + info.name + "' did not exist at " + ToString(moment_)};
  info.directories.reset();  // what is counted is the present
  return info;
}

Result<std::vector<BlobInfo>> PastStore::VersionsThen(const BlobPath& path) {
  auto versions = TRY(Inner().ListVersions(path));
  return VersionsAt(std::move(versions), moment_);
}

Result<BlobInfo> PastStore::Stat(const BlobPath& path, VersionId version) {
  const auto versions = TRY(VersionsThen(path));
  for (const BlobInfo& info : versions) {
    if (version ? info.version != version : !info.is_current) continue;
    BlobInfo found = info;
    found.has_prefix = TRY(HadBelow({path.container, path.name + "/"}, ListScope::kLive));
    return found;
  }
  return NotThen(path, moment_);
}

Result<std::vector<BlobInfo>> PastStore::ListVersions(const BlobPath& path) {
  auto versions = TRY(VersionsThen(path));
  if (versions.empty()) return versions;
  const bool has_prefix = TRY(HadBelow({path.container, path.name + "/"}, ListScope::kLive));
  for (BlobInfo& version : versions) version.has_prefix = has_prefix;
  return versions;
}

Result<std::unique_ptr<BlobReader>> PastStore::Open(const BlobPath& path, VersionId version) {
  BlobInfo info = TRY(Stat(path, version));
  auto reader = TRY(Inner().Open(path, info.version));
  return std::unique_ptr<BlobReader>(
      std::make_unique<PastReader>(std::move(info), std::move(reader)));
}

Status PastStore::StageBlock(const Digest&, ByteSpan) {
  return Refusal();
}

Result<std::vector<Outcome>> PastStore::Apply(std::vector<Mutation>, uint64_t) {
  return Refusal();
}

Result<uint64_t> PastStore::ReserveFileIds(uint64_t) {
  return Refusal();
}

}  // namespace replicafs
