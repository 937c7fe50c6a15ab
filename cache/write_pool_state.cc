#include "cache/write_pool_state.h"

#include <chrono>
#include <utility>

#include "cache/dirty_file_state.h"

namespace replicafs {
namespace {

// How long a writer waits for memory that staging will release before it spills something else.
constexpr std::chrono::seconds kStagingPatience{5};

}  // namespace

WritePoolState::WritePoolState(std::string scratch_directory, const WritePool::Options& options)
    : memory_max_bytes_(options.memory_max_bytes), scratch_(std::move(scratch_directory)) {
  REPLICAFS_CHECK(options.threads > 0);
  for (size_t i = 0; i < options.threads; ++i) threads_.emplace_back([this] { Run(); });
}

WritePoolState::~WritePoolState() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  queued_.NotifyAll();
  for (std::thread& thread : threads_) thread.join();
}

Status WritePoolState::Reserve(uint64_t bytes) {
  bool patient = true;
  MutexLock lock(mutex_);
  // A block larger than the whole budget has to have it alone.
  while (used_bytes_ + bytes > memory_max_bytes_ && used_bytes_ > 0) {
    const bool staging = !queue_.empty() || running_ > 0;
    Candidates* from = nullptr;
    if (!clean_.empty()) {
      from = &clean_;
    } else if (!dirty_.empty() && !(staging && patient)) {
      from = &dirty_;
    }
    if (from == nullptr) {
      ++waiting_;
      patient = changed_.WaitFor(mutex_, kStagingPatience) && patient;
      --waiting_;
      continue;
    }
    const BlockHandle oldest = std::move(from->begin()->second);
    from->erase(from->begin());
    lock.Unlock();
    if (const auto file = oldest.file.lock()) TRY(file->LetMemoryGo(oldest.index));
    lock.Lock();
  }
  used_bytes_ += bytes;
  return Ok();
}

void WritePoolState::ReserveAnyway(uint64_t bytes) {
  MutexLock lock(mutex_);
  used_bytes_ += bytes;
}

void WritePoolState::Release(uint64_t bytes) {
  MutexLock lock(mutex_);
  REPLICAFS_CHECK(used_bytes_ >= bytes);
  used_bytes_ -= bytes;
  if (waiting_ > 0) changed_.NotifyAll();
}

uint64_t WritePoolState::used_bytes() const {
  MutexLock lock(mutex_);
  return used_bytes_;
}

uint64_t WritePoolState::Enlist(uint64_t ticket, Cost cost, BlockHandle block) {
  MutexLock lock(mutex_);
  clean_.erase(ticket);
  dirty_.erase(ticket);
  Candidates& candidates = cost == Cost::kNothing ? clean_ : dirty_;
  candidates.emplace_hint(candidates.end(), ++last_ticket_, std::move(block));
  if (waiting_ > 0) changed_.NotifyAll();
  return last_ticket_;
}

void WritePoolState::Withdraw(uint64_t ticket) {
  MutexLock lock(mutex_);
  clean_.erase(ticket);
  dirty_.erase(ticket);
}

void WritePoolState::QueueStaging(BlockHandle block) {
  {
    MutexLock lock(mutex_);
    queue_.push_back(std::move(block));
  }
  queued_.NotifyOne();
}

void WritePoolState::Run() {
  MutexLock lock(mutex_);
  for (;;) {
    while (queue_.empty() && !stopping_) queued_.Wait(mutex_);
    if (stopping_) return;
    const BlockHandle next = std::move(queue_.front());
    queue_.pop_front();
    ++running_;
    lock.Unlock();
    if (const auto file = next.file.lock()) file->StageQueued(next.index);
    lock.Lock();
    --running_;
    changed_.NotifyAll();
  }
}

WritePool::WritePool(std::string scratch_directory, Options options)
    : state_(std::make_unique<WritePoolState>(std::move(scratch_directory), options)) {}

WritePool::~WritePool() = default;

uint64_t WritePool::memory_used_bytes() const {
  return state_->used_bytes();
}

}  // namespace replicafs
