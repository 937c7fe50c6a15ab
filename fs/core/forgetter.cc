#include "fs/core/forgetter.h"

#include <sys/stat.h>

#include <utility>
#include <vector>

#include "fs/core/file_system_state.h"

namespace replicafs {
namespace {

// Of the limit, at a time: few enough that what is used soon again is not among them, enough that
// the thread keeps up with who looks names up.
constexpr uint64_t kShare = 8;

}  // namespace

void Forgetter::Start(KernelNotifier& notifier) {
  MutexLock lock(mutex_);
  thread_ = std::jthread([this, &notifier](const std::stop_token& stop) { Run(notifier, stop); });
}

void Forgetter::Stop() {
  std::jthread stopping;
  MutexLock lock(mutex_);
  stopping = std::move(thread_);
  lock.Unlock();
  stopping.request_stop();
}

void Forgetter::Run(KernelNotifier& notifier, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const std::vector<NodePtr> nodes =
        state_.nodes->WaitForTooMany(nodes_max_bytes_, nodes_max_bytes_ / kShare, stop);
    std::vector<RememberedEntry> entries;
    entries.reserve(nodes.size());
    for (const NodePtr& node : nodes) {
      const NodePtr parent = state_.nodes->ParentOf(*node);
      if (parent == nullptr) continue;
      entries.push_back({.node = node->id,
                         .parent = parent->id,
                         .name = state_.nodes->NameOf(*node),
                         .is_directory = S_ISDIR(node->type)});
    }
    if (!entries.empty()) notifier.Forget(entries);
  }
}

}  // namespace replicafs
