// A store whose calls fail as a script says, to walk every failure path of what is above it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/blob/account.h"

namespace replicafs {

enum class StoreCall {
  kListContainers,
  kGetContainer,
  kStat,
  kStatPrefix,
  kList,  // ListNames too
  kListVersions,
  kOpen,
  kReadAt,
  kHasBlocks,
  kStageBlock,
  kReadBlock,
  kApply,
  kGetState,
  kListState,
  kReserveFileIds,
  kSpace,
};

enum class FaultKind {
  kFailBefore,  // the call is not made
  kFailAfter,   // the call is made and its reply is lost
  kCorrupt,     // ReadAt: the first byte is flipped; StageBlock: the call succeeds, nothing is kept
  kShort,       // ReadAt: the last byte is not delivered
};

struct Fault {
  StoreCall call = StoreCall::kApply;
  uint64_t nth = 1;    // the first call that fails, counted from when the fault was added
  uint64_t count = 1;  // how many calls in a row fail
  FaultKind kind = FaultKind::kFailBefore;
  ErrorCode error = ErrorCode::kUnavailable;
};

// Thread-safe.
class FaultScript {
 public:
  void Add(const Fault& fault);
  void Clear();
  // Calls since the script was made, faulty ones included.
  uint64_t Calls(StoreCall call) const;
  // Counts a call; the fault that it meets, if any. The earliest added one wins.
  std::optional<Fault> Next(StoreCall call);

 private:
  struct Pending {
    Fault fault;
    uint64_t calls_before = 0;  // when it was added
  };

  mutable Mutex mutex_;
  std::vector<Pending> faults_ GUARDED_BY(mutex_);
  std::map<StoreCall, uint64_t> calls_ GUARDED_BY(mutex_);
};

// `inner` and `script` outlive the store, and the store its readers.
class FaultyStore final : public BlobStore {
 public:
  FaultyStore(BlobStore& inner, FaultScript& script) : inner_(inner), script_(script) {}

  const Capabilities& capabilities() const override { return inner_.capabilities(); }
  Result<std::vector<ContainerInfo>> ListContainers() override;
  Result<ContainerInfo> GetContainer(std::string_view container) override;
  Result<BlobInfo> Stat(const BlobPath& path, VersionId version) override;
  Result<std::vector<BlobInfo>> ListSnapshots(const BlobPath& path) override {
    return inner_.ListSnapshots(path);
  }
  Result<std::unique_ptr<BlobReader>> OpenSnapshot(const BlobPath& path,
                                                   VersionId snapshot) override {
    return inner_.OpenSnapshot(path, snapshot);
  }
  Result<PrefixInfo> StatPrefix(const BlobPath& prefix) override;
  Result<ListPage> List(const ListRequest& request) override;
  Result<NamePage> ListNames(const ListNamesRequest& request) override;
  Result<std::vector<BlobInfo>> ListVersions(const BlobPath& path) override;
  Result<std::unique_ptr<BlobReader>> Open(const BlobPath& path, VersionId version) override;
  Result<std::vector<bool>> HasBlocks(std::span<const Digest> digests) override;
  Status StageBlock(const Digest& digest, ByteSpan bytes) override;
  Result<size_t> ReadBlock(const Digest& digest, uint64_t offset,
                           std::span<std::byte> into) override;
  Result<std::vector<Outcome>> Apply(std::vector<Mutation> mutations, uint64_t writer) override;
  Result<std::optional<std::string>> GetState(std::string_view key) override;
  Result<std::vector<StateRow>> ListState(std::string_view prefix) override;
  Result<uint64_t> ReserveFileIds(uint64_t count) override;
  Result<SpaceInfo> Space() override;

 private:
  BlobStore& inner_;
  FaultScript& script_;
};

// An account with a FaultyStore; its journal has no faults.
class FaultyAccount final : public Account {
 public:
  explicit FaultyAccount(std::unique_ptr<Account> inner)
      : inner_(std::move(inner)), store_(inner_->store(), script_) {}

  FaultScript& script() { return script_; }
  // Without faults.
  Account& inner() { return *inner_; }

  const std::string& name() const override { return inner_->name(); }
  BlobStore& store() override { return store_; }
  Journal& journal() override { return inner_->journal(); }
  const std::string& local_directory() const override { return inner_->local_directory(); }

 private:
  const std::unique_ptr<Account> inner_;
  FaultScript script_;
  FaultyStore store_;
};

}  // namespace replicafs
