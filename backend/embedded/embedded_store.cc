#include "backend/embedded/embedded_store.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>

#include "backend/embedded/content_reader.h"
#include "backend/embedded/contents.h"
#include "backend/embedded/keys.h"
#include "backend/embedded/listing.h"
#include "backend/embedded/lookup.h"
#include "backend/embedded/rows.h"
#include "backend/embedded/state_rows.h"

namespace replicafs::embedded {

EmbeddedStore::EmbeddedStore(const StoreParts& parts, uint64_t inline_max_bytes)
    : parts_(parts),
      capabilities_{.inline_max_bytes = inline_max_bytes,
                    .atomic_batch = true,
                    .metadata_makes_version = false,
                    .names = kNameLimits},
      applier_(parts.environment, parts.tables, parts.files, parts.reserve, parts.clock,
               inline_max_bytes, parts.open_at_service != nullptr) {}

Result<std::vector<ContainerInfo>> EmbeddedStore::ListContainers() {
  const lmdb::ReadTransaction transaction = TRY(parts_.environment.BeginRead());
  auto cursor = TRY(Cursor::Open(transaction, parts_.tables.containers));
  std::vector<ContainerInfo> containers;
  bool found = TRY(cursor.First());
  while (found) {
    const ContainerRecord record = TRY(DecodeContainer(cursor.value()));
    containers.push_back(ToInfo(record, std::string(cursor.key())));
    found = TRY(cursor.Next());
  }
  return containers;
}

Result<ContainerInfo> EmbeddedStore::GetContainer(std::string_view container) {
  const lmdb::ReadTransaction transaction = TRY(parts_.environment.BeginRead());
  const ContainerRecord record = TRY(FindContainer(transaction, parts_.tables, container));
  return ToInfo(record, std::string(container));
}

Result<BlobInfo> EmbeddedStore::Stat(const BlobPath& path, VersionId version) {
  const lmdb::ReadTransaction transaction = TRY(parts_.environment.BeginRead());
  const VersionRecord record = TRY(FindVersion(transaction, parts_.tables, path, version));
  return ToInfo(record, path.name, parts_.clock.Now());
}

Result<PrefixInfo> EmbeddedStore::StatPrefix(const BlobPath& prefix) {
  const lmdb::ReadTransaction transaction = TRY(parts_.environment.BeginRead());
  return FindPrefix(transaction, parts_.tables, prefix);
}

Result<ListPage> EmbeddedStore::List(const ListRequest& request) {
  const lmdb::ReadTransaction transaction = TRY(parts_.environment.BeginRead());
  return embedded::List(transaction, parts_.tables, request, parts_.clock.Now());
}

Result<NamePage> EmbeddedStore::ListNames(const ListNamesRequest& request) {
  const lmdb::ReadTransaction transaction = TRY(parts_.environment.BeginRead());
  return embedded::ListNames(transaction, parts_.tables, request);
}

Result<std::vector<BlobInfo>> EmbeddedStore::ListVersions(const BlobPath& path) {
  const lmdb::ReadTransaction transaction = TRY(parts_.environment.BeginRead());
  const std::vector<VersionRecord> records = TRY(FindVersions(transaction, parts_.tables, path));
  return ToInfos(path, records);
}

Result<std::unique_ptr<BlobReader>> EmbeddedStore::Open(const BlobPath& path, VersionId version) {
  const lmdb::ReadTransaction transaction = TRY(parts_.environment.BeginRead());
  const VersionRecord record = TRY(FindVersion(transaction, parts_.tables, path, version));
  return OpenRecord(transaction, path, record);
}

Result<std::vector<BlobInfo>> EmbeddedStore::ListSnapshots(const BlobPath& path) {
  const lmdb::ReadTransaction transaction = TRY(parts_.environment.BeginRead());
  const std::vector<VersionRecord> records = TRY(FindSnapshots(transaction, parts_.tables, path));
  return ToInfos(path, records);
}

Result<std::unique_ptr<BlobReader>> EmbeddedStore::OpenSnapshot(const BlobPath& path,
                                                                VersionId snapshot) {
  const lmdb::ReadTransaction transaction = TRY(parts_.environment.BeginRead());
  const VersionRecord record = TRY(FindSnapshot(transaction, parts_.tables, path, snapshot));
  return OpenRecord(transaction, path, record);
}

std::vector<BlobInfo> EmbeddedStore::ToInfos(const BlobPath& path,
                                             const std::vector<VersionRecord>& records) const {
  std::vector<BlobInfo> infos;
  infos.reserve(records.size());
  const Timestamp now = parts_.clock.Now();
  for (const VersionRecord& record : records) infos.push_back(ToInfo(record, path.name, now));
  return infos;
}

Result<std::unique_ptr<BlobReader>> EmbeddedStore::OpenRecord(const lmdb::Transaction& transaction,
                                                              const BlobPath& path,
                                                              const VersionRecord& record) {
  auto content = FindContent(transaction, parts_.tables, record.content_id);
  if (!content) return std::move(content).error().Within("blob '" + ToString(path) + "'");
  BlobInfo info = ToInfo(record, path.name, parts_.clock.Now());
  const bool all_here = std::holds_alternative<std::string>(*content);
  std::unique_ptr<BlobReader> local;
  if (!std::holds_alternative<ServiceContent>(*content)) {
    local = std::make_unique<ContentReader>(path, info, *std::move(content), parts_.reader,
                                            parts_.pins);
  }
  if (all_here || (local != nullptr && !parts_.open_at_service)) return local;
  if (!parts_.open_at_service)
    return Error{ErrorCode::kCorrupt, "blob '" + ToString(path) + "' has no content here"};
  return parts_.open_at_service(
      {.path = path, .info = std::move(info), .homes = record.homes, .local = std::move(local)});
}

// What no commit names yet is made young, so that it is there when the caller's commit comes.
Result<std::vector<bool>> EmbeddedStore::HasBlocks(std::span<const Digest> digests) {
  std::vector<BlockRecord> records;
  {
    const lmdb::ReadTransaction transaction = TRY(parts_.environment.BeginRead());
    for (const Digest& digest : digests) {
      const auto row = TRY(parts_.tables.blocks.Get(transaction, BlockKey(digest)));
      BlockRecord record;
      if (row) record = TRY(DecodeBlock(*row));
      records.push_back(record);
    }
  }
  std::vector<bool> has;
  for (size_t i = 0; i < digests.size(); ++i) {
    bool there = false;
    if (records[i].references > 0) {
      const auto size = TRY(parts_.files.SizeOf(digests[i]));
      there = size == records[i].size_bytes;
    } else {
      there = TRY(parts_.files.Touch(digests[i]));
    }
    there = there && !parts_.files.IsDamaged(digests[i]);
    if (there) parts_.files.staged().Add(digests[i], StagedAs::kFound, parts_.clock.Now());
    has.push_back(there);
  }
  return has;
}

Status EmbeddedStore::StageBlock(const Digest& digest, ByteSpan bytes) {
  TRY(parts_.reserve.Require());
  return parts_.files.Stage(digest, bytes);
}

Result<size_t> EmbeddedStore::ReadBlock(const Digest& digest, uint64_t offset,
                                        std::span<std::byte> into) {
  return parts_.reader.Read(digest, offset, into);
}

Result<std::vector<Outcome>> EmbeddedStore::Apply(std::vector<Mutation> mutations,
                                                  uint64_t writer) {
  auto outcomes = TRY(applier_.Apply(mutations, writer));
  parts_.journal.Wake();
  return outcomes;
}

Result<std::vector<Outcome>> EmbeddedStore::ApplyForService(
    const std::vector<ServiceChange>& changes) {
  auto outcomes = TRY(applier_.ApplyForService(changes));
  parts_.journal.Wake();
  return outcomes;
}

Result<std::vector<ContentHome>> EmbeddedStore::HomesOf(const BlobPath& path, VersionId version) {
  const lmdb::ReadTransaction transaction = TRY(parts_.environment.BeginRead());
  VersionRecord record = TRY(FindVersion(transaction, parts_.tables, path, version));
  return std::move(record.homes);
}

Result<std::optional<std::string>> EmbeddedStore::GetState(std::string_view key) {
  const lmdb::ReadTransaction transaction = TRY(parts_.environment.BeginRead());
  return FindState(transaction, parts_.tables, key);
}

Result<std::vector<StateRow>> EmbeddedStore::ListState(std::string_view prefix) {
  const lmdb::ReadTransaction transaction = TRY(parts_.environment.BeginRead());
  return FindStates(transaction, parts_.tables, prefix);
}

Result<uint64_t> EmbeddedStore::ReserveFileIds(uint64_t count) {
  uint64_t first = 0;
  const auto reserve = [&](lmdb::WriteTransaction& transaction) -> Status {
    Counters counters = TRY(ReadCounters(transaction, parts_.tables));
    first = counters.next_file_id;
    counters.next_file_id += count;
    return WriteCounters(transaction, parts_.tables, counters);
  };
  TRY(parts_.environment.Update(reserve));
  return first;
}

Result<SpaceInfo> EmbeddedStore::Space() {
  struct statvfs stat {};
  if (::statvfs(parts_.directory.c_str(), &stat) != 0)
    return ErrnoError("space of '" + parts_.directory + "'", errno);
  const lmdb::ReadTransaction transaction = TRY(parts_.environment.BeginRead());
  const Counters counters = TRY(ReadCounters(transaction, parts_.tables));
  const uint64_t available = stat.f_bavail * stat.f_frsize;
  // New content is not stored before the reserve is held again.
  const uint64_t kept = std::min(available, parts_.reserve.MissingBytes());
  return SpaceInfo{.total_bytes = stat.f_blocks * stat.f_frsize,
                   .available_bytes = available - kept,
                   .blob_count = counters.live_blobs};
}

}  // namespace replicafs::embedded
