#include "fs/fuse/request_loop.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <utility>

#include "fs/fuse/signals.h"

namespace replicafs {
namespace {

// Threads that received nothing for one to two of these are held up.
constexpr timespec kWatchStep{.tv_sec = 0, .tv_nsec = 500'000};
// The watch sleeps after so many steps without a request.
constexpr unsigned kQuietSteps = 40;

// Who asks one thing after another comes back within this time, and to be woken takes as long.
constexpr std::chrono::microseconds kSpin{50};
// Who comes back later is not looked for.
constexpr std::chrono::microseconds kSpinWorth{100};
// A second thread that finds nothing to do is likely to be needed soon.
constexpr std::chrono::microseconds kLinger{20};

constexpr unsigned kCrowdedRequests = 64;

// What takes longer keeps its thread from others for longer than it takes to wake one.
constexpr std::chrono::microseconds kLong{200};
// A kind is taken for long while more than one in five of its requests are.
constexpr unsigned kLongWeight = 4;
constexpr unsigned kLongScore = 8;
constexpr unsigned kScoreMax = 32;

constexpr uint32_t kLargeReadBytes = 64 << 10;

// Its opcode; large reads are a kind of their own.
size_t KindOf(const fuse_buf& request) {
  constexpr size_t kLargeRead = RequestLoop::kKinds - 1;
  const auto* const header = static_cast<const fuse_in_header*>(request.mem);
  if (header->opcode == FUSE_READ) {
    fuse_read_in read{};
    std::memcpy(&read, header + 1, std::min(sizeof read, request.size - sizeof *header));
    if (read.size >= kLargeReadBytes) return kLargeRead;
  }
  return std::min<size_t>(header->opcode, kLargeRead - 1);
}

void Signal(const UniqueFd& event) {
  // It can only fail when it is signalled already.
  static_cast<void>(::eventfd_write(event.get(), 1));
}

Result<UniqueFd> NewEvent() {
  UniqueFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event.valid()) return ErrnoError("eventfd", errno);
  return event;
}

// Who comes to the device after another thread must not sleep in it.
Status MakeNonBlocking(int device) {
  const int flags = ::fcntl(device, F_GETFL);
  if (flags < 0 || ::fcntl(device, F_SETFL, flags | O_NONBLOCK) != 0)
    return ErrnoError("set the device's flags", errno);
  return Ok();
}

}  // namespace

RequestLoop::RequestLoop(fuse_session& session, unsigned threads_max)
    : session_(session),
      threads_max_(std::max(threads_max, 1U)),
      active_max_(std::clamp<size_t>(std::thread::hardware_concurrency(), 1, threads_max_)) {}

Result<int> RequestLoop::Run() {
  TRY(MakeNonBlocking(fuse_session_fd(&session_)));
  ended_event_ = TRY(NewEvent());
  watch_event_ = TRY(NewEvent());
  {
    MutexLock lock(mutex_);
    Activate();
  }
  // Whoever closes what the mount logs to must not end it.
  std::signal(SIGPIPE, SIG_IGN);
  auto signal = Watch();
  End();
  std::vector<std::thread> threads;
  {
    MutexLock lock(mutex_);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
  if (error_ != 0) return ErrnoError("receive a request", error_);
  return signal;
}

Result<int> RequestLoop::Watch() {
  const EndSignalReader signals = TRY(EndSignalReader::Open());
  uint64_t last_received = 0;
  unsigned quiet_steps = 0;
  bool at_device = false;
  for (;;) {
    pollfd events[] = {
        {.fd = signals.fd(), .events = POLLIN, .revents = 0},
        {.fd = ended_event_.get(), .events = POLLIN, .revents = 0},
        {.fd = watch_event_.get(), .events = POLLIN, .revents = 0},
        {.fd = at_device ? fuse_session_fd(&session_) : -1, .events = POLLIN, .revents = 0}};
    bool sleeps = at_device;
    if (!at_device && quiet_steps >= kQuietSteps && lead_waits_) {
      watching_ = false;
      // A request that came meanwhile did not see that it must wake the watch.
      sleeps = received_ == last_received;
    }
    if (::ppoll(events, std::size(events), sleeps ? nullptr : &kWatchStep, nullptr) < 0 &&
        errno != EINTR) {
      return ErrnoError("poll", errno);
    }
    watching_ = true;
    if (events[0].revents != 0) return signals.Take();
    if (events[1].revents != 0) return 0;
    eventfd_t count = 0;
    if (events[2].revents != 0) static_cast<void>(::eventfd_read(watch_event_.get(), &count));

    const uint64_t received = received_;
    const bool held_up = received == last_received && !lead_waits_ && received > 0;
    quiet_steps = received == last_received ? quiet_steps + 1 : 0;
    last_received = received;
    // Nobody waits for the next request: the watch does, and looks again one step after it passed
    // it on.
    const bool requested = events[3].revents != 0;
    if (held_up && requested) PassHeldUp();
    at_device = held_up && !requested;
  }
}

void RequestLoop::Work(Turn turn) {
  fuse_buf buffer{};
  do {
    while (ServeNext(buffer, turn)) {
    }
  } while (Park(turn));
  std::free(buffer.mem);
}

// False when the caller has nothing to do here.
bool RequestLoop::ServeNext(fuse_buf& buffer, Turn& turn) {
  if (!AwaitRequest()) return false;
  const int length = fuse_session_receive_buf(&session_, &buffer);
  if (length == -EINTR || length == -EAGAIN) return true;
  if (length <= 0) {
    error_ = -length;
    End();
    return false;
  }
  ++received_;
  if (!watching_ && !watching_.exchange(true)) Signal(watch_event_);
  std::atomic<unsigned>& score = scores_[KindOf(buffer)];
  ShareWork(score >= kLongScore, turn);
  const auto began = std::chrono::steady_clock::now();
  fuse_session_process_buf(&session_, &buffer);
  const bool took_long = std::chrono::steady_clock::now() - began > kLong;
  // Others may change it meanwhile: it need not be exact.
  if (took_long) {
    score = std::min(score + kLongWeight, kScoreMax);
  } else if (const unsigned before = score; before > 0) {
    score = before - 1;
  }
  return KeepTurn(turn);
}

// False when another thread waits, and when the loop has ended.
bool RequestLoop::AwaitRequest() {
  pollfd events[] = {{.fd = fuse_session_fd(&session_), .events = POLLIN, .revents = 0},
                     {.fd = ended_event_.get(), .events = POLLIN, .revents = 0}};
  if (::poll(events, std::size(events), 0) > 0) return events[1].revents == 0;
  const bool leads = !lead_waits_.exchange(true);
  const auto began = std::chrono::steady_clock::now();
  bool found = false;
  if (!leads || spins_) {
    const auto give_up = began + (leads ? kSpin : kLinger);
    do {
      // Who asks may want this processor.
      ::sched_yield();
      found = ::poll(events, std::size(events), 0) > 0;
    } while (!found && std::chrono::steady_clock::now() < give_up);
  }
  if (!leads) return found && events[1].revents == 0;
  while (!found) found = ::poll(events, std::size(events), -1) > 0;
  spins_ = std::chrono::steady_clock::now() - began < kSpinWorth;
  lead_waits_ = false;
  return events[1].revents == 0;
}

bool RequestLoop::MoreWait() {
  pollfd device{.fd = fuse_session_fd(&session_), .events = POLLIN, .revents = 0};
  return ::poll(&device, 1, 0) > 0;
}

// The caller is about to serve a request: another thread is activated when that is worth it.
void RequestLoop::ShareWork(bool may_take_long, Turn& turn) {
  if (!may_take_long && active_ >= active_max_) return;
  const bool more = MoreWait();
  unsigned crowded = crowded_;
  if (more) {
    crowded_ = kCrowdedRequests;
  } else if (crowded > 0) {
    crowded_.compare_exchange_strong(crowded, crowded - 1);
  }
  if (!may_take_long) {
    if (!more) return;
    MutexLock lock(mutex_);
    if (active_ < active_max_) Activate();
    return;
  }
  MutexLock lock(mutex_);
  if (turn.epoch == epoch_) --active_;
  turn.epoch = 0;
  if (active_ == 0 && (more || crowded > 0)) Activate();
}

// False when the caller is to be parked: enough others are active.
bool RequestLoop::KeepTurn(Turn& turn) {
  if (turn.epoch == epoch_) return true;
  MutexLock lock(mutex_);
  if (active_ >= active_max_) return false;
  ++active_;
  turn.epoch = epoch_;
  return true;
}

// Returns when the caller is active; false when the loop has ended.
bool RequestLoop::Park(Turn& turn) {
  MutexLock lock(mutex_);
  if (turn.epoch == epoch_) --active_;
  turn.epoch = 0;
  ++parked_;
  while (activations_ == 0 && !ended_) activated_.Wait(mutex_);
  --parked_;
  if (ended_) return false;
  --activations_;
  turn.epoch = epoch_;
  return true;
}

void RequestLoop::PassHeldUp() {
  MutexLock lock(mutex_);
  ++epoch_;
  active_ = activations_;
  crowded_ = kCrowdedRequests;
  if (active_ == 0) Activate();
}

// Nothing happens when all threads are at work: the next that is done goes on.
void RequestLoop::Activate() {
  if (ended_) return;
  if (parked_ > activations_) {
    ++activations_;
    ++active_;
    activated_.NotifyOne();
    return;
  }
  if (threads_.size() == threads_max_) return;
  ++active_;
  threads_.emplace_back([this, turn = Turn{epoch_}] { Work(turn); });
}

void RequestLoop::End() {
  {
    MutexLock lock(mutex_);
    ended_ = true;
  }
  activated_.NotifyAll();
  Signal(ended_event_);
}

}  // namespace replicafs
