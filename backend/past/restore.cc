#include "backend/past/restore.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "backend/past/moment.h"

namespace replicafs {
namespace {

constexpr size_t kPieceBytes = 64 << 10;

Result<bool> SameBytes(BlobReader& a, BlobReader& b, uint64_t size_bytes) {
  std::array<std::byte, kPieceBytes> from_a{};
  std::array<std::byte, kPieceBytes> from_b{};
  for (uint64_t offset = 0; offset < size_bytes; offset += kPieceBytes) {
    const size_t got_a = TRY(a.ReadAt(offset, from_a));
    const size_t got_b = TRY(b.ReadAt(offset, from_b));
    if (got_a != got_b || std::memcmp(from_a.data(), from_b.data(), got_a) != 0) return false;
  }
  return true;
}

bool IsUnreadable(const Error& error) {
  return error.code == ErrorCode::kArchived || error.code == ErrorCode::kCustomerKey;
}

// What cannot be read is not the same: restoring it again makes one version more, and no harm.
Result<bool> SameContent(BlobStore& store, const BlobPath& path, const BlobInfo& current,
                         const BlobInfo& then) {
  if (current.version == then.version) return true;
  if (current.size_bytes != then.size_bytes || current.properties != then.properties) return false;
  const auto a = store.Open(path, current.version);
  const auto b = store.Open(path, then.version);
  for (const auto* reader : {&a, &b}) {
    if (*reader) continue;
    if (IsUnreadable(reader->error())) return false;
    return reader->error();
  }
  if ((*a)->blocks() && (*b)->blocks()) return (*a)->blocks() == (*b)->blocks();
  auto same = SameBytes(**a, **b, then.size_bytes);
  if (!same && IsUnreadable(same.error())) return false;
  return same;
}

}  // namespace

Result<RestoreStep> PlanRestore(BlobStore& store, const std::string& container,
                                const BlobInfo& newest, Timestamp moment) {
  RestoreStep step{.path = {container, newest.name}};
  std::vector<BlobInfo> versions{newest};
  if (!NewestTells(newest, moment)) versions = TRY(store.ListVersions(step.path));
  const auto then = BlobAt(versions, moment);
  const bool lives = !versions.empty() && versions.front().is_current;
  if (!then) {
    if (!lives) return step;
    step.kind = RestoreKind::kRemoved;
    step.change =
        RemoveBlob{.path = step.path, .precondition = {.if_match = versions.front().etag}};
    return step;
  }
  step.version = then->info.version;
  step.exact = then->exact;
  step.size_bytes = then->info.size_bytes;
  if (lives) {
    const bool same = TRY(SameContent(store, step.path, versions.front(), then->info));
    if (same) return step;
  }
  CommitBlob commit{.path = step.path,
                    .content = ContentOf{.path = step.path, .version = step.version},
                    .properties = then->info.properties};
  commit.precondition =
      lives ? Precondition{.if_match = versions.front().etag} : Precondition{.if_none_match = true};
  step.kind = RestoreKind::kRestored;
  step.change = std::move(commit);
  return step;
}

}  // namespace replicafs
