#include "backend/embedded/garbage.h"

#include <algorithm>
#include <string>
#include <vector>

#include "backend/base/log.h"
#include "backend/embedded/keys.h"
#include "backend/embedded/rows.h"

namespace replicafs::embedded {

// One file that will not go must not keep the others.
bool GarbageCollector::Remove(const Digest& digest, Timestamp before) {
  const auto gone = files_.RemoveIfOlder(digest, before);
  if (!gone) Log(LogLevel::kWarning, "garbage collection: {}", gone.error().message);
  return gone && *gone;
}

Timestamp GarbageCollector::Ago(std::chrono::seconds age) const {
  return Timestamp{clock_.Now().ticks - int64_t{age.count()} * Timestamp::kTicksPerSecond};
}

Result<GarbageReport> GarbageCollector::CollectAll(std::chrono::seconds grace) {
  MutexLock lock(mutex_);
  TRY(files_.RenewStaged());
  GarbageReport report;
  const Timestamp before = Ago(grace);
  std::string resume_after;
  for (;;) {
    const Batch batch = TRY(CollectBatch(before, resume_after));
    report.blocks += batch.removed;
    if (batch.looked_at < kBatchMaxBlocks) break;
  }
  const Timestamp stray_before = Ago(std::max(grace, kStrayAge));
  for (size_t shard = 0; shard < kShardCount; ++shard)
    report.stray_blocks += TRY(CollectStrays(shard, stray_before));
  report.staging_files = TRY(files_.RemoveStaging(Ago(kStrayAge)));
  return report;
}

Result<GarbageReport> GarbageCollector::CollectSome(std::chrono::seconds grace) {
  MutexLock lock(mutex_);
  TRY(files_.RenewStaged());
  GarbageReport report;
  report.more = true;
  for (size_t i = 0; i < kRoundMaxBatches && report.more; ++i) {
    const Batch batch = TRY(CollectBatch(Ago(grace), resume_after_));
    report.blocks += batch.removed;
    report.more = batch.looked_at == kBatchMaxBlocks;
  }
  if (!report.more) resume_after_.clear();
  const size_t shard = next_shard_;
  next_shard_ = (next_shard_ + 1) % kShardCount;
  report.stray_blocks = TRY(CollectStrays(shard, Ago(std::max(grace, kStrayAge))));
  report.staging_files = TRY(files_.RemoveStaging(Ago(kStrayAge)));
  return report;
}

// Whoever wanted the block after it had lost its last reference has a day for the commit.
Timestamp GarbageCollector::FileBefore(Timestamp since, Timestamp before) const {
  const Timestamp after_loss{since.ticks + 1};
  return std::min(before, std::max(after_loss, Ago(kStrayAge)));
}

Result<GarbageCollector::Batch> GarbageCollector::CollectBatch(Timestamp before,
                                                               std::string& resume_after) {
  const std::unordered_set<Digest, DigestHash> pinned = pins_.Blocks();
  Batch batch;
  std::vector<std::string> keys;
  const auto collect = [&](lmdb::WriteTransaction& transaction) -> Status {
    batch = {};
    keys.clear();
    {
      auto cursor = TRY(Cursor::Open(transaction, tables_.unreferenced));
      bool found = TRY(cursor.SeekAfter(resume_after));
      while (found && keys.size() < kBatchMaxBlocks && SinceOf(cursor.key()) < before) {
        keys.emplace_back(cursor.key());
        found = TRY(cursor.Next());
      }
    }
    batch.looked_at = keys.size();
    for (const std::string& key : keys) {
      const Digest digest = DigestOf(key);
      if (pinned.contains(digest) || files_.staged().Contains(digest)) continue;
      const auto row = TRY(tables_.blocks.Get(transaction, BlockKey(digest)));
      BlockRecord record;
      if (row) record = TRY(DecodeBlock(*row));
      if (record.references > 0) {
        Log(LogLevel::kError, "garbage collection: block {} is queued though in use",
            ToHex(digest));
        continue;
      }
      if (!Remove(digest, FileBefore(SinceOf(key), before))) continue;
      TRY(tables_.unreferenced.Delete(transaction, key));
      TRY(tables_.blocks.Delete(transaction, BlockKey(digest)));
      ++batch.removed;
    }
    return Ok();
  };
  const Status done = UpdateWithReserve(environment_, reserve_, collect);
  if (!keys.empty()) resume_after = keys.back();
  if (!done) return done.error();
  return batch;
}

Result<size_t> GarbageCollector::CollectStrays(size_t shard, Timestamp before) {
  std::vector<Digest> candidates;
  {
    const lmdb::ReadTransaction transaction = TRY(environment_.BeginRead());
    const auto consider = [&](const Digest& digest) -> Status {
      const auto row = TRY(tables_.blocks.Get(transaction, BlockKey(digest)));
      if (!row) candidates.push_back(digest);
      return Ok();
    };
    TRY(files_.ForEach(shard, consider, [](const std::string&) { return Ok(); }));
  }
  size_t removed = 0;
  for (size_t first = 0; first < candidates.size(); first += kBatchMaxBlocks) {
    const size_t end = std::min(candidates.size(), first + kBatchMaxBlocks);
    size_t gone_here = 0;
    const Status done = environment_.Update([&](lmdb::WriteTransaction& transaction) -> Status {
      gone_here = 0;
      for (size_t i = first; i < end; ++i) {
        const auto row = TRY(tables_.blocks.Get(transaction, BlockKey(candidates[i])));
        if (row) continue;
        if (Remove(candidates[i], before)) ++gone_here;
      }
      return Ok();
    });
    if (!done) return done.error();
    removed += gone_here;
  }
  return removed;
}

}  // namespace replicafs::embedded
