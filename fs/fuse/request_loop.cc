#include "fs/fuse/request_loop.h"

#include <linux/fuse.h>
#include <poll.h>
#include <sys/eventfd.h>

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

// A request that takes longer than one to two of these costs its thread the lead.
constexpr timespec kWatchStep{.tv_sec = 0, .tv_nsec = 500'000};
// The watch sleeps after so many steps without a request.
constexpr unsigned kQuietSteps = 40;

// Who asks one thing after another comes back within this time, and to be woken takes as long.
constexpr std::chrono::microseconds kSpin{50};

constexpr uint32_t kLongReadBytes = 64 << 10;

// Whether others should be served meanwhile. The rest is answered from memory, mostly sooner than
// another thread is awake.
bool MayTakeLong(const fuse_buf& request) {
  const auto* const header = static_cast<const fuse_in_header*>(request.mem);
  switch (header->opcode) {
    case FUSE_LOOKUP:
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_GETATTR:
    case FUSE_GETXATTR:
    case FUSE_READLINK:
    case FUSE_OPEN:
    case FUSE_RELEASE:
    case FUSE_OPENDIR:
    case FUSE_RELEASEDIR: return false;
    case FUSE_READ: {
      fuse_read_in read{};
      if (request.size < sizeof *header + sizeof read) return true;
      std::memcpy(&read, header + 1, sizeof read);
      return read.size >= kLongReadBytes;
    }
    default: return true;
  }
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

}  // namespace

Result<int> RequestLoop::Run() {
  ended_event_ = TRY(NewEvent());
  watch_event_ = TRY(NewEvent());
  {
    MutexLock lock(mutex_);
    threads_.emplace_back([this] { Work(); });
  }
  // Whoever closes what the mount logs to must not end it.
  std::signal(SIGPIPE, SIG_IGN);
  auto signal = Watch();
  End();
  for (;;) {
    std::vector<std::thread> threads;
    {
      MutexLock lock(mutex_);
      threads.swap(threads_);
    }
    if (threads.empty()) return signal;
    for (std::thread& thread : threads) thread.join();
  }
}

Result<int> RequestLoop::Watch() {
  const EndSignalReader signals = TRY(EndSignalReader::Open());
  uint64_t last_serving = 0;
  uint64_t last_received = 0;
  unsigned quiet_steps = 0;
  for (;;) {
    pollfd events[] = {{.fd = signals.fd(), .events = POLLIN, .revents = 0},
                       {.fd = ended_event_.get(), .events = POLLIN, .revents = 0},
                       {.fd = watch_event_.get(), .events = POLLIN, .revents = 0}};
    const bool watching = quiet_steps < kQuietSteps;
    if (!watching) watching_ = false;
    // A request that came meanwhile did not see that it must wake the watch.
    const bool sleeps = !watching && received_ == last_received;
    if (::ppoll(events, std::size(events), sleeps ? nullptr : &kWatchStep, nullptr) < 0 &&
        errno != EINTR) {
      return ErrnoError("poll", errno);
    }
    watching_ = true;
    if (events[0].revents != 0) return signals.Take();
    if (events[1].revents != 0) return 0;
    eventfd_t count = 0;
    if (events[2].revents != 0) static_cast<void>(::eventfd_read(watch_event_.get(), &count));

    const uint64_t serving = serving_;
    if (serving != 0 && serving == last_serving) PassLead(serving);
    last_serving = serving;
    const uint64_t received = received_;
    quiet_steps = received == last_received ? quiet_steps + 1 : 0;
    last_received = received;
  }
}

void RequestLoop::Work() {
  fuse_buf buffer{};
  while (TakeLead()) {
    while (ServeNext(buffer)) {
    }
  }
  std::free(buffer.mem);
}

// False when the loop has ended.
bool RequestLoop::TakeLead() {
  MutexLock lock(mutex_);
  ++idle_threads_;
  while (led_ && !ended_) lead_free_.Wait(mutex_);
  --idle_threads_;
  if (ended_) return false;
  led_ = true;
  return true;
}

// False when the caller does not lead any more.
bool RequestLoop::ServeNext(fuse_buf& buffer) {
  if (!AwaitRequest()) return false;
  const int length = fuse_session_receive_buf(&session_, &buffer);
  if (length == -EINTR || length == -EAGAIN) return true;
  if (length <= 0) {
    End();
    return false;
  }
  uint64_t number = ++received_;
  serving_ = number;
  if (!watching_ && !watching_.exchange(true)) Signal(watch_event_);
  if (MayTakeLong(buffer) && MoreWait()) PassLead(number);
  fuse_session_process_buf(&session_, &buffer);
  return serving_.compare_exchange_strong(number, 0);
}

// False when the loop has ended.
bool RequestLoop::AwaitRequest() {
  pollfd events[] = {{.fd = fuse_session_fd(&session_), .events = POLLIN, .revents = 0},
                     {.fd = ended_event_.get(), .events = POLLIN, .revents = 0}};
  const auto give_up = std::chrono::steady_clock::now() + kSpin;
  do {
    if (::poll(events, std::size(events), 0) > 0) return events[1].revents == 0;
  } while (std::chrono::steady_clock::now() < give_up);
  while (::poll(events, std::size(events), -1) < 0 && errno == EINTR) {
  }
  return events[1].revents == 0;
}

bool RequestLoop::MoreWait() {
  pollfd device{.fd = fuse_session_fd(&session_), .events = POLLIN, .revents = 0};
  return ::poll(&device, 1, 0) > 0;
}

void RequestLoop::PassLead(uint64_t number) {
  if (!serving_.compare_exchange_strong(number, 0)) return;
  MutexLock lock(mutex_);
  led_ = false;
  if (ended_) return;
  if (idle_threads_ > 0) {
    lead_free_.NotifyOne();
  } else if (threads_.size() < threads_max_) {
    threads_.emplace_back([this] { Work(); });
  }
}

void RequestLoop::End() {
  {
    MutexLock lock(mutex_);
    ended_ = true;
  }
  lead_free_.NotifyAll();
  Signal(ended_event_);
}

}  // namespace replicafs
