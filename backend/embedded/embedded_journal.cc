#include "backend/embedded/embedded_journal.h"

#include <algorithm>

#include "backend/embedded/keys.h"
#include "backend/embedded/rows.h"

namespace replicafs::embedded {
namespace {

constexpr std::chrono::milliseconds kPoll{50};  // for what other processes change
constexpr std::chrono::milliseconds kWaitMax = std::chrono::hours(24);

}  // namespace

Result<std::vector<Event>> EmbeddedJournal::Read(uint64_t after, size_t limit) {
  std::vector<Event> events;
  if (after == UINT64_MAX) return events;
  const lmdb::ReadTransaction transaction = TRY(environment_.BeginRead());
  auto cursor = TRY(Cursor::Open(transaction, tables_.journal));
  bool found = TRY(cursor.Seek(NumberKey(after + 1)));
  while (found && events.size() < limit) {
    Event event = TRY(DecodeEvent(cursor.value()));
    event.sequence = NumberOf(cursor.key());
    events.push_back(std::move(event));
    found = TRY(cursor.Next());
  }
  return events;
}

Result<uint64_t> EmbeddedJournal::Head() {
  const lmdb::ReadTransaction transaction = TRY(environment_.BeginRead());
  const Counters counters = TRY(ReadCounters(transaction, tables_));
  return counters.last_sequence;
}

void EmbeddedJournal::Wait(uint64_t after, std::chrono::milliseconds timeout,
                           std::stop_token stop) {
  const auto deadline = std::chrono::steady_clock::now() + std::min(timeout, kWaitMax);
  const std::stop_callback wake(stop, [this] { Wake(); });
  uint64_t looked_at = UINT64_MAX;
  while (!stop.stop_requested()) {
    uint64_t wakes_before = 0;
    {
      MutexLock lock(mutex_);
      wakes_before = wakes_;
    }
    const uint64_t change_count = ChangeCount();
    if (change_count != looked_at) {
      looked_at = change_count;
      const auto head = Head();
      if (!head || *head > after) return;
    }
    const std::chrono::nanoseconds left = deadline - std::chrono::steady_clock::now();
    if (left <= left.zero()) return;
    MutexLock lock(mutex_);
    if (wakes_ == wakes_before)
      changed_.WaitFor(mutex_, std::min<std::chrono::nanoseconds>(left, kPoll));
  }
}

void EmbeddedJournal::Wake() {
  MutexLock lock(mutex_);
  ++wakes_;
  changed_.NotifyAll();
}

}  // namespace replicafs::embedded
