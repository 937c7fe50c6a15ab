#include "fs/core/shown_replication.h"

#include <utility>

namespace replicafs {
namespace {

constexpr int64_t kFreshNs = 50'000'000;
constexpr size_t kNodesMax = 1024;

}  // namespace

bool ShownReplication::IsFresh(const Shown& shown, Timestamp now) {
  const int64_t age_ns = now.nanoseconds() - shown.at.nanoseconds();
  return age_ns >= 0 && age_ns < kFreshNs;
}

void ShownReplication::Note(NodeId node, const BlobInfo& stored, Timestamp now, XattrMap xattrs) {
  MutexLock lock(mutex_);
  if (shown_.size() >= kNodesMax)
    std::erase_if(shown_, [&](const auto& entry) { return !IsFresh(entry.second, now); });
  if (shown_.size() >= kNodesMax) shown_.clear();
  shown_.insert_or_assign(node, Shown{stored.version, now, std::move(xattrs)});
}

std::optional<XattrMap> ShownReplication::Recall(NodeId node, const BlobInfo& stored,
                                                 Timestamp now) const {
  MutexLock lock(mutex_);
  const auto found = shown_.find(node);
  if (found == shown_.end() || found->second.version != stored.version ||
      !IsFresh(found->second, now)) {
    return std::nullopt;
  }
  return found->second.xattrs;
}

}  // namespace replicafs
