#include "backend/embedded/staged_blocks.h"

namespace replicafs::embedded {
namespace {

bool IsPast(Timestamp since, std::chrono::seconds age, Timestamp now) {
  return now.ticks - since.ticks > int64_t{age.count()} * Timestamp::kTicksPerSecond;
}

}  // namespace

void StagedBlocks::Add(const Digest& digest, StagedAs how, Timestamp now) {
  MutexLock lock(mutex_);
  Staged& staged = staged_.try_emplace(digest, Staged{how, 0, now, now}).first->second;
  ++staged.count;
  if (how == StagedAs::kWritten) staged.how = how;
  staged.since = staged.renewed = now;
}

bool StagedBlocks::Contains(const Digest& digest) const {
  MutexLock lock(mutex_);
  return staged_.contains(digest);
}

bool StagedBlocks::IsWritten(const Digest& digest) const {
  MutexLock lock(mutex_);
  const auto found = staged_.find(digest);
  return found != staged_.end() && found->second.how == StagedAs::kWritten;
}

void StagedBlocks::Committed(const BlockList& blocks) {
  MutexLock lock(mutex_);
  for (const BlockRef& block : blocks) {
    const auto found = staged_.find(block.digest);
    if (found == staged_.end()) continue;
    // Its directory entry is durable now, for whoever else has staged it too.
    found->second.how = StagedAs::kFound;
    if (--found->second.count == 0) staged_.erase(found);
  }
}

std::vector<Digest> StagedBlocks::TakeDue(Timestamp now) {
  std::vector<Digest> due;
  MutexLock lock(mutex_);
  for (auto at = staged_.begin(); at != staged_.end();) {
    Staged& staged = at->second;
    if (IsPast(staged.since, kForgetAfter, now)) {
      at = staged_.erase(at);
      continue;
    }
    if (IsPast(staged.renewed, kRenewAfter, now)) {
      staged.renewed = now;
      due.push_back(at->first);
    }
    ++at;
  }
  return due;
}

}  // namespace replicafs::embedded
