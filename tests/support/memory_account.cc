#include "tests/support/memory_account.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "backend/base/mutex.h"
#include "tests/support/memory_batch.h"
#include "tests/support/memory_state.h"

namespace replicafs {

struct MemoryCore {
  Mutex mutex;
  CondVar changed;
  MemoryState state GUARDED_BY(mutex);
  std::atomic<uint64_t> change_count = 0;
};

namespace {

constexpr uint64_t kTotalBytes = uint64_t{1} << 40;

class MemoryReader final : public BlobReader {
 public:
  MemoryReader(BlobInfo info, std::shared_ptr<const MemoryContent> content)
      : info_(std::move(info)), content_(std::move(content)) {}

  const BlobInfo& info() const override { return info_; }
  Result<size_t> ReadAt(uint64_t offset, std::span<std::byte> into) override {
    TRY(CheckOnline(info_.properties.tier, info_.name));
    TRY(CheckKey(info_.key_sha256, key_, info_.name));
    return content_->Read(offset, into, key_);
  }
  Status UseKey(ContentKeyPtr key) override {
    TRY(CheckKey(info_.key_sha256, key, info_.name));
    key_ = std::move(key);
    return Ok();
  }
  Result<std::optional<FileParts>> PartsAt(uint64_t, size_t) override {
    TRY(CheckKey(info_.key_sha256, key_, info_.name));
    return std::optional<FileParts>();
  }
  const std::optional<BlockList>& blocks() const override {
    return content_->encryption ? hidden_ : content_->blocks;
  }

 private:
  const BlobInfo info_;
  const std::optional<BlockList> hidden_;
  ContentKeyPtr key_;
  const std::shared_ptr<const MemoryContent> content_;
};

class MemoryStore final : public BlobStore {
 public:
  MemoryStore(MemoryCore& core, const MemoryAccountOptions& options)
      : core_(core),
        clock_(*options.clock),
        capabilities_{.inline_max_bytes = options.inline_max_bytes,
                      .atomic_batch = true,
                      .names = options.names} {}

  const Capabilities& capabilities() const override { return capabilities_; }

  Result<std::vector<ContainerInfo>> ListContainers() override {
    MutexLock lock(core_.mutex);
    std::vector<ContainerInfo> containers;
    for (const auto& [name, container] : core_.state.containers)
      containers.push_back(container.DescribeSelf());
    return containers;
  }

  Result<ContainerInfo> GetContainer(std::string_view name) override {
    MutexLock lock(core_.mutex);
    const MemoryContainer* container = TRY(core_.state.Container(name));
    return container->DescribeSelf();
  }

  Result<BlobInfo> Stat(const BlobPath& path, VersionId version) override {
    MutexLock lock(core_.mutex);
    const MemoryContainer* container = TRY(core_.state.Container(path.container));
    const MemoryVersion* found = TRY(core_.state.Version(path, version));
    return container->Describe(*found, clock_.Now());
  }

  Result<PrefixInfo> StatPrefix(const BlobPath& prefix) override {
    MutexLock lock(core_.mutex);
    const MemoryContainer* container = TRY(core_.state.Container(prefix.container));
    if (!container->PrefixLives(prefix.name))
      return Error{ErrorCode::kNotFound, "nothing lives below '" + ToString(prefix) + "'"};
    return container->DescribePrefix(prefix.name);
  }

  Result<ListPage> List(const ListRequest& request) override {
    MutexLock lock(core_.mutex);
    const MemoryContainer* container = TRY(core_.state.Container(request.container));
    return container->List(request, clock_.Now());
  }

  Result<NamePage> ListNames(const ListNamesRequest& request) override {
    const ListPage page = TRY(List(ToListRequest(request)));
    return NamesOf(page, request.prefix);
  }

  Result<std::vector<BlobInfo>> ListVersions(const BlobPath& path) override {
    MutexLock lock(core_.mutex);
    const MemoryContainer* container = TRY(core_.state.Container(path.container));
    std::vector<BlobInfo> versions;
    const auto blob = container->blobs.find(path.name);
    if (blob == container->blobs.end()) return versions;
    const Timestamp now = clock_.Now();
    for (const auto& [id, version] : blob->second.versions)
      versions.insert(versions.begin(), container->Describe(version, now));
    return versions;
  }

  Result<std::unique_ptr<BlobReader>> Open(const BlobPath& path, VersionId version) override {
    MutexLock lock(core_.mutex);
    const MemoryContainer* container = TRY(core_.state.Container(path.container));
    const MemoryVersion* found = TRY(core_.state.Version(path, version));
    return std::make_unique<MemoryReader>(container->Describe(*found, clock_.Now()),
                                          found->content);
  }

  Result<std::vector<BlobInfo>> ListSnapshots(const BlobPath& path) override {
    MutexLock lock(core_.mutex);
    const MemoryContainer* container = TRY(core_.state.Container(path.container));
    std::vector<BlobInfo> snapshots;
    const auto blob = container->blobs.find(path.name);
    if (blob == container->blobs.end()) return snapshots;
    for (const auto& [id, snapshot] : blob->second.snapshots) {
      snapshots.insert(snapshots.begin(), container->Describe(snapshot, clock_.Now()));
      snapshots.front().has_prefix = false;
    }
    return snapshots;
  }

  Result<std::unique_ptr<BlobReader>> OpenSnapshot(const BlobPath& path,
                                                   VersionId snapshot) override {
    MutexLock lock(core_.mutex);
    const MemoryContainer* container = TRY(core_.state.Container(path.container));
    const MemoryVersion* found = TRY(core_.state.Snapshot(path, snapshot));
    return std::make_unique<MemoryReader>(container->Describe(*found, clock_.Now()),
                                          found->content);
  }

  Result<std::vector<bool>> HasBlocks(std::span<const Digest> digests) override {
    MutexLock lock(core_.mutex);
    std::vector<bool> has;
    for (const Digest& digest : digests) has.push_back(core_.state.blocks.contains(digest));
    return has;
  }

  Status StageBlock(const Digest& digest, ByteSpan bytes) override {
    auto block = std::make_shared<const std::string>(AsText(bytes));
    MutexLock lock(core_.mutex);
    core_.state.blocks.emplace(digest, std::move(block));
    return Ok();
  }

  Result<size_t> ReadBlock(const Digest& digest, uint64_t offset,
                           std::span<std::byte> into) override {
    MutexLock lock(core_.mutex);
    const auto found = core_.state.blocks.find(digest);
    if (found == core_.state.blocks.end())
      return Error{ErrorCode::kNotFound, "there is no block " + ToHex(digest)};
    const ByteSpan block = AsBytes(*found->second);
    const ByteSpan rest = block.subspan(std::min<size_t>(offset, block.size()));
    const size_t size = std::min(rest.size(), into.size());
    std::copy_n(rest.begin(), size, into.begin());
    return size;
  }

  Result<std::vector<Outcome>> Apply(std::vector<Mutation> mutations, uint64_t writer) override {
    MutexLock lock(core_.mutex);
    MemoryBatch batch(core_.state, clock_, capabilities_, writer);
    auto outcomes = TRY(batch.Apply(mutations));
    ++core_.change_count;
    core_.changed.NotifyAll();
    return outcomes;
  }

  Result<std::optional<std::string>> GetState(std::string_view key) override {
    MutexLock lock(core_.mutex);
    const auto row = core_.state.rows.find(key);
    if (row == core_.state.rows.end()) return std::optional<std::string>();
    return std::optional<std::string>(row->second);
  }

  Result<std::vector<StateRow>> ListState(std::string_view prefix) override {
    MutexLock lock(core_.mutex);
    std::vector<StateRow> rows;
    for (auto row = core_.state.rows.lower_bound(prefix);
         row != core_.state.rows.end() && row->first.starts_with(prefix); ++row) {
      rows.push_back({row->first, row->second});
    }
    return rows;
  }

  Result<uint64_t> ReserveFileIds(uint64_t count) override {
    MutexLock lock(core_.mutex);
    const uint64_t first = core_.state.last_file_id + 1;
    core_.state.last_file_id += count;
    return first;
  }

  Result<SpaceInfo> Space() override {
    MutexLock lock(core_.mutex);
    SpaceInfo space{.total_bytes = kTotalBytes, .available_bytes = kTotalBytes};
    for (const auto& [digest, block] : core_.state.blocks) space.available_bytes -= block->size();
    for (const auto& [name, container] : core_.state.containers) {
      for (const auto& [blob_name, blob] : container.blobs)
        space.blob_count += blob.current ? 1U : 0U;
    }
    return space;
  }

 private:
  MemoryCore& core_;
  const Clock& clock_;
  const Capabilities capabilities_;
};

class MemoryJournal final : public Journal {
 public:
  explicit MemoryJournal(MemoryCore& core) : core_(core) {}

  Result<std::vector<Event>> Read(uint64_t after, size_t limit) override {
    MutexLock lock(core_.mutex);
    const auto& events = core_.state.events;
    const size_t first = std::min<size_t>(after, events.size());
    const size_t count = std::min(limit, events.size() - first);
    return std::vector<Event>(events.begin() + static_cast<std::ptrdiff_t>(first),
                              events.begin() + static_cast<std::ptrdiff_t>(first + count));
  }

  Result<uint64_t> Head() override {
    MutexLock lock(core_.mutex);
    return uint64_t{core_.state.events.size()};
  }

  void Wait(uint64_t after, std::chrono::milliseconds timeout, std::stop_token stop) override {
    const auto deadline = std::chrono::steady_clock::now() +
                          std::min<std::chrono::milliseconds>(timeout, std::chrono::hours(24));
    const std::stop_callback wake(stop, [this] {
      MutexLock lock(core_.mutex);
      core_.changed.NotifyAll();
    });
    MutexLock lock(core_.mutex);
    while (core_.state.events.size() <= after && !stop.stop_requested()) {
      const auto left = deadline - std::chrono::steady_clock::now();
      if (left <= left.zero()) return;
      core_.changed.WaitFor(core_.mutex, left);
    }
  }

  uint64_t ChangeCount() override { return core_.change_count; }

 private:
  MemoryCore& core_;
};

}  // namespace

MemoryAccount::MemoryAccount(MemoryAccountOptions options)
    : name_(options.name),
      core_(std::make_unique<MemoryCore>()),
      store_(std::make_unique<MemoryStore>(*core_, options)),
      journal_(std::make_unique<MemoryJournal>(*core_)) {}

MemoryAccount::~MemoryAccount() = default;

}  // namespace replicafs
