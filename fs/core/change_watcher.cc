#include "fs/core/change_watcher.h"

#include <fmt/format.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "backend/base/log.h"
#include "fs/core/file_system_state.h"

namespace replicafs {
namespace {

constexpr size_t kBatchEvents = 4096;
// So far behind, forgetting everything is cheaper than reading what happened.
constexpr uint64_t kBehindMaxEvents = 100'000;
// Invalidations that wait. Beyond it the kernel finds out when its belief ends.
constexpr size_t kToldMax = 10'000;
constexpr std::chrono::milliseconds kWait = std::chrono::seconds(10);
constexpr std::chrono::milliseconds kRetryPause = std::chrono::seconds(1);

// What to tell the kernel, each once.
struct Invalidations {
  std::set<NodeId> nodes;
  std::set<std::pair<NodeId, std::string>> entries;
};

// Whether `name` lies at or below the directory, and what of it is left.
bool Descend(const Location& directory, std::string_view name, std::string_view& rest) {
  const std::string prefix = directory.prefix();
  if (!name.starts_with(prefix)) return false;
  rest = name.substr(prefix.size());
  return true;
}

// Walks from `start` down the interned nodes on the blob's path.
void Collect(const NodeTable& nodes, NodePtr start, std::string_view rest, Invalidations& found) {
  NodePtr directory = std::move(start);
  NamePlace place =
      directory->kind == NodeKind::kContainer ? NamePlace::kContainerRoot : NamePlace::kBelow;
  for (;;) {
    const size_t slash = rest.find('/');
    const bool last = slash == std::string_view::npos;
    const std::string component(rest.substr(0, slash));
    const std::string name = ToShown({component, NameForm::kPlain}, place);
    const NodePtr child = nodes.FindChild(directory, name);
    if (last) {
      const std::string beside = ToShown({component, NameForm::kBesideDirectory}, place);
      found.nodes.insert(directory->id);
      found.entries.emplace(directory->id, name);
      if (child != nullptr) found.nodes.insert(child->id);
      if (const NodePtr file = nodes.FindChild(directory, beside)) {
        found.nodes.insert(file->id);
        found.entries.emplace(directory->id, beside);
      }
      return;
    }
    if (child == nullptr || child->kind != NodeKind::kDirectory) {
      // The directory may have come into being, or ended, with this change.
      found.nodes.insert(directory->id);
      found.entries.emplace(directory->id, name);
      return;
    }
    // What is known to be there is left alone: a process that works in the directory would lose it.
    if (child->told_absent) found.entries.emplace(directory->id, name);
    directory = child;
    place = NamePlace::kBelow;
    rest.remove_prefix(slash + 1);
  }
}

// The directories on the path that ended with what was below them.
void CollectEnded(const NodeTable& nodes, NodePtr directory, std::string_view path,
                  Invalidations& found) {
  NamePlace place =
      directory->kind == NodeKind::kContainer ? NamePlace::kContainerRoot : NamePlace::kBelow;
  for (size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    std::string name = ToShown({std::string(path.substr(0, slash)), NameForm::kPlain}, place);
    NodePtr child = nodes.FindChild(directory, name);
    if (child == nullptr || child->kind != NodeKind::kDirectory) return;
    const auto now = FindDirectory(nodes.LocationOf(*child));
    if (!now && now.error().code == ErrorCode::kNotFound) {
      found.nodes.insert(directory->id);
      found.entries.emplace(directory->id, std::move(name));
    }
    directory = std::move(child);
    place = NamePlace::kBelow;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

void ChangeWatcher::Start(KernelNotifier& notifier) {
  {
    MutexLock lock(mutex_);
    notifier_ = &notifier;
    teller_ =
        std::jthread([this, &notifier](const std::stop_token& stop) { RunTeller(notifier, stop); });
  }
  for (MountedAccount* account : state_.OpenAccounts()) Watch(*account);
}

void ChangeWatcher::Stop() {
  std::map<MountedAccount*, std::jthread> stopping;
  std::jthread teller;
  {
    MutexLock lock(mutex_);
    notifier_ = nullptr;
    stopping.swap(threads_);
    teller = std::move(teller_);
    teller.request_stop();
  }
  told_changed_.NotifyAll();
  for (auto& [account, thread] : stopping) thread.request_stop();
}

void ChangeWatcher::Watch(MountedAccount& account) {
  const auto head = account.account->inner_journal().Head();
  if (!head) {
    Log(LogLevel::kError, "changes in account '{}' by others will not be noticed: {}",
        account.account->name(), head.error().message);
    return;
  }
  MutexLock lock(mutex_);
  if (notifier_ == nullptr || threads_.contains(&account)) return;
  threads_.emplace(&account, std::jthread([this, &account, notifier = notifier_,
                                           after = *head](const std::stop_token& stop) {
    Run(account, *notifier, after, stop);
  }));
}

void ChangeWatcher::TellNode(NodeId node) {
  Tell({node, std::nullopt});
}

void ChangeWatcher::TellEntry(NodeId parent, std::string name) {
  Tell({parent, std::move(name)});
}

void ChangeWatcher::Tell(Told told) {
  {
    MutexLock lock(mutex_);
    if (notifier_ == nullptr || told_.size() >= kToldMax) return;
    told_.push_back(std::move(told));
  }
  told_changed_.NotifyAll();
}

void ChangeWatcher::RunTeller(KernelNotifier& notifier, const std::stop_token& stop) {
  MutexLock lock(mutex_);
  for (;;) {
    while (told_.empty() && !stop.stop_requested()) told_changed_.Wait(mutex_);
    if (stop.stop_requested()) return;
    const Told next = std::move(told_.front());
    told_.pop_front();
    lock.Unlock();
    if (next.second) {
      notifier.InvalidateEntry(next.first, *next.second);
    } else {
      notifier.InvalidateNode(next.first);
    }
    lock.Lock();
  }
}

void ChangeWatcher::Run(MountedAccount& account, KernelNotifier& notifier, uint64_t after,
                        const std::stop_token& stop) {
  Journal& journal = account.account->inner_journal();
  while (!stop.stop_requested()) {
    journal.Wait(after, kWait, stop);
    if (stop.stop_requested()) return;
    const auto head = journal.Head();
    if (head && *head > after + kBehindMaxEvents) {
      NotifyEverything(account, notifier);
      after = *head;
      continue;
    }
    const auto events = journal.Read(after, kBatchEvents);
    if (!events) {
      Log(LogLevel::kError, "cannot read the journal of account '{}': {}", account.account->name(),
          events.error().message);
      NotifyEverything(account, notifier);
      journal.Wait(UINT64_MAX, kRetryPause, stop);
      continue;
    }
    if (events->empty()) continue;
    after = events->back().sequence;
    Notify(account, notifier, *events);
  }
}

void ChangeWatcher::Notify(MountedAccount& account, KernelNotifier& notifier,
                           const std::vector<Event>& events) {
  NodeTable& nodes = *state_.nodes;
  const auto root = nodes.Find(kRootNode);
  if (!root) return;
  Invalidations found;
  std::set<std::string> touched;  // container, name and whether it ends: each looked at once
  std::set<std::pair<NodePtr, std::string>> ends_below;
  for (const Event& event : events) {
    // The kernel knows what it asked for itself, but not what the end of a version does to the
    // file.
    const bool is_own = event.writer == state_.writer_id;
    if (is_own && event.kind != EventKind::kVersionDeleted) continue;
    const bool ends = event.kind == EventKind::kDeleted || event.kind == EventKind::kVersionDeleted;
    const std::string_view what = ends ? "\nends" : "\n";
    if (!touched.insert(fmt::format("{}\n{}{}", event.container, event.name, what)).second)
      continue;
    NodePtr at = *root;
    if (at->kind == NodeKind::kAccounts) {
      at = nodes.FindChild(at, account.account->name());
      if (at == nullptr) continue;
    }
    if (at->kind == NodeKind::kAccount) {
      if (event.name.empty()) found.entries.emplace(at->id, event.container);
      at = nodes.FindChild(at, event.container);
      if (at == nullptr) continue;
    }
    if (at->place == nullptr || at->place->container != event.container) continue;
    if (event.name.empty()) {
      found.nodes.insert(at->id);
      continue;
    }
    std::string_view rest;
    if (!Descend(nodes.LocationOf(*at), event.name, rest)) continue;
    Collect(nodes, at, rest, found);
    if (ends) ends_below.emplace(at, rest.substr(0, rest.rfind('/') + 1));
  }
  for (const auto& [start, rest] : ends_below) CollectEnded(nodes, start, rest, found);
  for (const auto& [parent, name] : found.entries) notifier.InvalidateEntry(parent, name);
  for (const NodeId node : found.nodes) notifier.InvalidateNode(node);
}

void ChangeWatcher::NotifyEverything(MountedAccount& account, KernelNotifier& notifier) {
  state_.nodes->ForEach([&](const NodePtr& node) {
    if (node->account != nullptr && node->account != &account) return;
    const NodePtr parent = state_.nodes->ParentOf(*node);
    if (parent != nullptr) notifier.InvalidateEntry(parent->id, state_.nodes->NameOf(*node));
    notifier.InvalidateNode(node->id);
  });
}

}  // namespace replicafs
