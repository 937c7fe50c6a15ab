// Follows the journals of the open accounts and tells the kernel what others have changed.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "backend/base/mutex.h"
#include "backend/blob/journal.h"
#include "fs/core/types.h"

namespace replicafs {

class FileSystemState;
class KernelNotifier;
struct MountedAccount;

// Thread-safe.
class ChangeWatcher {
 public:
  explicit ChangeWatcher(FileSystemState& state) : state_(state) {}
  ~ChangeWatcher() { Stop(); }

  void Start(KernelNotifier& notifier) EXCLUDES(mutex_);
  // Returns when no notification is under way any more.
  void Stop() EXCLUDES(mutex_);
  // Called for each account once it is open.
  void Watch(MountedAccount& account) EXCLUDES(mutex_);

  // Has the kernel told soon, from the watcher's own thread, what it must forget.
  void TellNode(NodeId node) EXCLUDES(mutex_);
  void TellEntry(NodeId parent, std::string name) EXCLUDES(mutex_);

 private:
  using Told = std::pair<NodeId, std::optional<std::string>>;  // a node, or an entry of it

  void Tell(Told told) EXCLUDES(mutex_);
  void RunTeller(KernelNotifier& notifier, const std::stop_token& stop) EXCLUDES(mutex_);
  void Run(MountedAccount& account, KernelNotifier& notifier, uint64_t after,
           const std::stop_token& stop);
  void Notify(MountedAccount& account, KernelNotifier& notifier, const std::vector<Event>& events);
  void NotifyEverything(MountedAccount& account, KernelNotifier& notifier);

  FileSystemState& state_;
  Mutex mutex_;
  KernelNotifier* notifier_ GUARDED_BY(mutex_) = nullptr;
  std::map<MountedAccount*, std::jthread> threads_ GUARDED_BY(mutex_);
  CondVar told_changed_;
  std::deque<Told> told_ GUARDED_BY(mutex_);
  std::jthread teller_ GUARDED_BY(mutex_);
};

}  // namespace replicafs
