#include "tests/support/faulty_store.h"

#include <utility>

namespace replicafs {
namespace {

Error ErrorOf(const Fault& fault) {
  return Error{fault.error, "a fault of the test"};
}

// Makes the call between the faults that stand before and after it.
template <class Call>
auto WithFaults(FaultScript& script, StoreCall kind, const Call& call) -> decltype(call()) {
  const auto fault = script.Next(kind);
  if (fault && fault->kind == FaultKind::kFailBefore) return ErrorOf(*fault);
  auto result = call();
  if (fault && fault->kind == FaultKind::kFailAfter) return ErrorOf(*fault);
  return result;
}

class FaultyReader final : public BlobReader {
 public:
  FaultyReader(std::unique_ptr<BlobReader> inner, FaultScript& script)
      : inner_(std::move(inner)), script_(script) {}

  const BlobInfo& info() const override { return inner_->info(); }
  Status UseKey(ContentKeyPtr key) override { return inner_->UseKey(std::move(key)); }
  const std::optional<BlockList>& blocks() const override { return inner_->blocks(); }
  Result<std::optional<FileParts>> PartsAt(uint64_t, size_t) override {
    return std::optional<FileParts>();
  }

  Result<size_t> ReadAt(uint64_t offset, std::span<std::byte> into) override {
    const auto fault = script_.Next(StoreCall::kReadAt);
    if (fault && fault->kind == FaultKind::kFailBefore) return ErrorOf(*fault);
    const size_t size = TRY(inner_->ReadAt(offset, into));
    if (!fault || size == 0) return size;
    switch (fault->kind) {
      case FaultKind::kCorrupt: into[0] ^= std::byte{0xff}; return size;
      case FaultKind::kShort: return size - 1;
      case FaultKind::kFailBefore:
      case FaultKind::kFailAfter: break;
    }
    return ErrorOf(*fault);
  }

 private:
  const std::unique_ptr<BlobReader> inner_;
  FaultScript& script_;
};

}  // namespace

void FaultScript::Add(const Fault& fault) {
  MutexLock lock(mutex_);
  faults_.push_back({fault, calls_[fault.call]});
}

void FaultScript::Clear() {
  MutexLock lock(mutex_);
  faults_.clear();
}

uint64_t FaultScript::Calls(StoreCall call) const {
  MutexLock lock(mutex_);
  const auto found = calls_.find(call);
  return found == calls_.end() ? 0 : found->second;
}

std::optional<Fault> FaultScript::Next(StoreCall call) {
  MutexLock lock(mutex_);
  const uint64_t number = ++calls_[call];
  for (const Pending& pending : faults_) {
    const uint64_t first = pending.calls_before + pending.fault.nth;
    if (pending.fault.call == call && number >= first && number - first < pending.fault.count)
      return pending.fault;
  }
  return std::nullopt;
}

Result<std::vector<ContainerInfo>> FaultyStore::ListContainers() {
  return WithFaults(script_, StoreCall::kListContainers, [&] { return inner_.ListContainers(); });
}

Result<ContainerInfo> FaultyStore::GetContainer(std::string_view container) {
  return WithFaults(script_, StoreCall::kGetContainer,
                    [&] { return inner_.GetContainer(container); });
}

Result<BlobInfo> FaultyStore::Stat(const BlobPath& path, VersionId version) {
  return WithFaults(script_, StoreCall::kStat, [&] { return inner_.Stat(path, version); });
}

Result<PrefixInfo> FaultyStore::StatPrefix(const BlobPath& prefix) {
  return WithFaults(script_, StoreCall::kStatPrefix, [&] { return inner_.StatPrefix(prefix); });
}

Result<ListPage> FaultyStore::List(const ListRequest& request) {
  return WithFaults(script_, StoreCall::kList, [&] { return inner_.List(request); });
}

Result<NamePage> FaultyStore::ListNames(const ListNamesRequest& request) {
  return WithFaults(script_, StoreCall::kList, [&] { return inner_.ListNames(request); });
}

Result<std::vector<BlobInfo>> FaultyStore::ListVersions(const BlobPath& path) {
  return WithFaults(script_, StoreCall::kListVersions, [&] { return inner_.ListVersions(path); });
}

Result<std::unique_ptr<BlobReader>> FaultyStore::Open(const BlobPath& path, VersionId version) {
  return WithFaults(script_, StoreCall::kOpen, [&]() -> Result<std::unique_ptr<BlobReader>> {
    auto reader = TRY(inner_.Open(path, version));
    return std::make_unique<FaultyReader>(std::move(reader), script_);
  });
}

Result<std::vector<bool>> FaultyStore::HasBlocks(std::span<const Digest> digests) {
  return WithFaults(script_, StoreCall::kHasBlocks, [&] { return inner_.HasBlocks(digests); });
}

Status FaultyStore::StageBlock(const Digest& digest, ByteSpan bytes) {
  const auto fault = script_.Next(StoreCall::kStageBlock);
  if (fault && fault->kind == FaultKind::kFailBefore) return ErrorOf(*fault);
  if (fault && fault->kind == FaultKind::kCorrupt) return Ok();
  TRY(inner_.StageBlock(digest, bytes));
  if (fault && fault->kind == FaultKind::kFailAfter) return ErrorOf(*fault);
  return Ok();
}

Result<size_t> FaultyStore::ReadBlock(const Digest& digest, uint64_t offset,
                                      std::span<std::byte> into) {
  return WithFaults(script_, StoreCall::kReadBlock,
                    [&] { return inner_.ReadBlock(digest, offset, into); });
}

Result<std::vector<Outcome>> FaultyStore::Apply(std::vector<Mutation> mutations, uint64_t writer) {
  return WithFaults(script_, StoreCall::kApply,
                    [&] { return inner_.Apply(std::move(mutations), writer); });
}

Result<std::optional<std::string>> FaultyStore::GetState(std::string_view key) {
  return WithFaults(script_, StoreCall::kGetState, [&] { return inner_.GetState(key); });
}

Result<std::vector<StateRow>> FaultyStore::ListState(std::string_view prefix) {
  return WithFaults(script_, StoreCall::kListState, [&] { return inner_.ListState(prefix); });
}

Result<uint64_t> FaultyStore::ReserveFileIds(uint64_t count) {
  return WithFaults(script_, StoreCall::kReserveFileIds,
                    [&] { return inner_.ReserveFileIds(count); });
}

Result<SpaceInfo> FaultyStore::Space() {
  return WithFaults(script_, StoreCall::kSpace, [&] { return inner_.Space(); });
}

}  // namespace replicafs
