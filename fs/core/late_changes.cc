#include "fs/core/late_changes.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace replicafs {
namespace {

constexpr size_t kBatchMax = 256;
constexpr size_t kWaitingMax = 4096;
constexpr uint64_t kWaitingMaxBytes = 16 << 20;
// How long a commit waits for others to join it.
constexpr std::chrono::milliseconds kGather{50};
// A removal waits only when others were made just before: one alone is soon seen by everybody.
constexpr std::chrono::milliseconds kPause{10};

std::string KeyOf(std::string_view container, std::string_view name) {
  std::string key;
  key.reserve(container.size() + 1 + name.size());
  key += container;
  key += '/';
  key += name;
  return key;
}

std::string DirectoryKeyOf(const LateChange& change) {
  return KeyOf(change.directory.container(), change.directory.prefix());
}

}  // namespace

uint64_t LateChange::size_bytes() const {
  constexpr uint64_t kOwnBytes = 512;
  uint64_t size = kOwnBytes + blob.size();
  if (!commit) return size;
  const CommitBlob& blob_commit = commit->prepared.commit;
  if (const auto* bytes = std::get_if<std::string>(&blob_commit.content)) size += bytes->size();
  if (const auto* blocks = std::get_if<BlockList>(&blob_commit.content))
    size += blocks->size() * sizeof(BlockRef);
  for (const auto& [key, value] : blob_commit.properties.metadata)
    size += key.size() + value.size();
  return size;
}

LateChanges::LateChanges(Maker make, Finisher finish)
    : make_(std::move(make)),
      finish_(std::move(finish)),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

LateChanges::~LateChanges() {
  Stop();
}

void LateChanges::Stop() {
  {
    MutexLock lock(mutex_);
    thread_.request_stop();
    changed_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
  Finish();
}

bool LateChanges::IsFull() const {
  return waiting_.size() >= kWaitingMax || waiting_bytes_ >= kWaitingMaxBytes;
}

uint64_t LateChanges::Push(LateChange change) {
  MutexLock lock(mutex_);
  while (IsFull()) {
    if (making_ != 0) {
      changed_.Wait(mutex_);
    } else {
      MakeSome();
    }
  }
  const uint64_t ticket = ++pushed_;
  change.ticket = ticket;
  ++left_;
  AddToIndex(change);
  waiting_bytes_ += change.size_bytes();
  waiting_.push_back({std::move(change), WaitClock::now()});
  // It is told of the first, and when it need not wait for more.
  if (waiting_.size() == 1 || waiting_.size() == kBatchMax) changed_.NotifyAll();
  return ticket;
}

void LateChanges::Settle(uint64_t ticket) {
  if (empty()) return;
  MutexLock lock(mutex_);
  // Not what comes while it is at it.
  const uint64_t target = std::min<uint64_t>(ticket, pushed_);
  for (;;) {
    const bool waits = !waiting_.empty() && waiting_.front().change.ticket <= target;
    const bool is_being_made = making_ != 0 && making_ <= target;
    if (!waits && !is_being_made) return;
    if (making_ != 0) {
      changed_.Wait(mutex_);
    } else {
      MakeSome();
    }
  }
}

void LateChanges::Run(const std::stop_token& stop) {
  MutexLock lock(mutex_);
  while (!stop.stop_requested()) {
    if (!unfinished_.empty()) {
      FinishSome();
      continue;
    }
    if (making_ != 0 || waiting_.empty()) {
      changed_.Wait(mutex_);
      continue;
    }
    const Queued& first = waiting_.front();
    const Instant due =
        first.change.commit ? first.since + kGather : std::max(first.since, last_made_ + kPause);
    const Instant now = WaitClock::now();
    if (waiting_.size() < kBatchMax && now < due) {
      changed_.WaitFor(mutex_, due - now);
    } else {
      MakeSome();
    }
  }
}

void LateChanges::MakeSome() {
  std::vector<LateChange> batch;
  while (!waiting_.empty() && batch.size() < kBatchMax) {
    LateChange change = std::move(waiting_.front().change);
    waiting_.pop_front();
    waiting_bytes_ -= change.size_bytes();
    if (!change.etag.empty() || change.commit) batch.push_back(std::move(change));
  }
  if (batch.empty()) return;
  making_ = batch.front().ticket;
  mutex_.Unlock();
  const Status made = make_(batch);
  std::vector<NodePtr> committed;
  for (LateChange& change : batch) {
    if (!change.commit) continue;
    committed.push_back(std::move(change.commit->node));
    change.commit.reset();
  }
  mutex_.Lock();
  making_ = 0;
  last_made_ = WaitClock::now();
  usable_ = made.has_value();
  for (const LateChange& change : batch) DropFromIndex(change);
  for (NodePtr& node : committed) unfinished_.push_back(std::move(node));
  left_ -= batch.size();
  changed_.NotifyAll();
}

void LateChanges::Finish() {
  Settle();
  MutexLock lock(mutex_);
  while (!unfinished_.empty() || finishing_ > 0) {
    if (unfinished_.empty()) {
      changed_.Wait(mutex_);
    } else {
      // Who ends a file may hand over what it still has, and waits until that is made.
      FinishSome();
    }
  }
}

void LateChanges::FinishSome() {
  std::vector<NodePtr> nodes;
  nodes.swap(unfinished_);
  ++finishing_;
  mutex_.Unlock();
  for (const NodePtr& node : nodes) finish_(node);
  nodes.clear();
  mutex_.Lock();
  --finishing_;
  changed_.NotifyAll();
}

LateChanges::Queued* LateChanges::FindQueued(uint64_t ticket) {
  const auto found =
      std::lower_bound(waiting_.begin(), waiting_.end(), ticket,
                       [](const Queued& queued, uint64_t t) { return queued.change.ticket < t; });
  const bool waits = found != waiting_.end() && found->change.ticket == ticket;
  return waits && found->change.commit ? &*found : nullptr;
}

bool LateChanges::Cancel(uint64_t ticket) {
  MutexLock lock(mutex_);
  Queued* queued = FindQueued(ticket);
  if (queued == nullptr) return false;
  LateChange& change = queued->change;
  DropFromIndex(change);
  --left_;
  waiting_bytes_ -= change.size_bytes();
  change.commit.reset();
  waiting_bytes_ += change.size_bytes();
  return true;
}

bool LateChanges::Replace(uint64_t ticket, PreparedCommit prepared) {
  MutexLock lock(mutex_);
  Queued* queued = FindQueued(ticket);
  if (queued == nullptr) return false;
  LateChange& change = queued->change;
  waiting_bytes_ -= change.size_bytes();
  prepared.commit.path = change.path();
  // Another session may have begun since: this commit is of the one that it was of.
  prepared.session = change.commit->prepared.session;
  prepared.commit.replaces = change.commit->prepared.commit.replaces;
  change.commit->prepared = std::move(prepared);
  waiting_bytes_ += change.size_bytes();
  return true;
}

bool LateChanges::Rename(uint64_t ticket, std::string blob, std::string name, Timestamp time) {
  MutexLock lock(mutex_);
  Queued* queued = FindQueued(ticket);
  if (queued == nullptr) return false;
  LateChange& change = queued->change;
  DropFromIndex(change);
  waiting_bytes_ -= change.size_bytes();
  change.blob = std::move(blob);
  change.name = std::move(name);
  change.time = std::max(change.time, time);
  change.commit->prepared.commit.path = change.path();
  waiting_bytes_ += change.size_bytes();
  AddToIndex(change);
  return true;
}

void LateChanges::AddToIndex(const LateChange& change) {
  names_[KeyOf(change.directory.container(), change.blob)].push_back(
      {.ticket = change.ticket, .etag = change.etag});
  Directory& directory = directories_[DirectoryKeyOf(change)];
  ++directory.count;
  directory.last = std::max(directory.last, change.time);
}

void LateChanges::DropFromIndex(const LateChange& change) {
  const auto name = names_.find(KeyOf(change.directory.container(), change.blob));
  // What waited before it stands for the name again when it is given up.
  std::erase_if(name->second,
                [&](const Waiting& waiting) { return waiting.ticket == change.ticket; });
  if (name->second.empty()) names_.erase(name);
  const auto directory = directories_.find(DirectoryKeyOf(change));
  if (--directory->second.count == 0) directories_.erase(directory);
}

std::optional<LateChanges::Waiting> LateChanges::Find(const BlobPath& path) const {
  if (empty()) return std::nullopt;
  MutexLock lock(mutex_);
  const auto found = names_.find(KeyOf(path.container, path.name));
  if (found == names_.end()) return std::nullopt;
  return found->second.back();
}

uint64_t LateChanges::NewestBelow(std::string_view container, std::string_view prefix) const {
  if (empty()) return 0;
  MutexLock lock(mutex_);
  const std::string key = KeyOf(container, prefix);
  uint64_t newest = 0;
  for (auto at = names_.lower_bound(key); at != names_.end() && at->first.starts_with(key); ++at)
    newest = std::max(newest, at->second.back().ticket);
  return newest;
}

std::map<std::string, std::string, std::less<>> LateChanges::RemovedBelow(
    std::string_view container, std::string_view prefix) const {
  std::map<std::string, std::string, std::less<>> removed;
  if (empty()) return removed;
  MutexLock lock(mutex_);
  const std::string key = KeyOf(container, prefix);
  for (auto at = names_.lower_bound(key); at != names_.end() && at->first.starts_with(key); ++at) {
    const Waiting& newest = at->second.back();
    if (!newest.etag.empty()) removed.emplace(at->first.substr(container.size() + 1), newest.etag);
  }
  return removed;
}

std::map<std::string, Timestamp, std::less<>> LateChanges::TimesBelow(
    std::string_view container, std::string_view prefix) const {
  std::map<std::string, Timestamp, std::less<>> times;
  if (empty()) return times;
  MutexLock lock(mutex_);
  const std::string key = KeyOf(container, prefix);
  for (auto at = directories_.lower_bound(key);
       at != directories_.end() && at->first.starts_with(key); ++at)
    times.emplace(at->first.substr(container.size() + 1), at->second.last);
  return times;
}

Timestamp LateChanges::TimeIn(std::string_view container, std::string_view prefix) const {
  if (empty()) return {};
  MutexLock lock(mutex_);
  const auto found = directories_.find(KeyOf(container, prefix));
  return found == directories_.end() ? Timestamp{} : found->second.last;
}

}  // namespace replicafs
