#include "backend/azure/uploader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "backend/base/log.h"

namespace replicafs::azure {
namespace {

using SteadyClock = std::chrono::steady_clock;

// For what other processes do.
constexpr std::chrono::milliseconds kPoll{20};
constexpr std::chrono::milliseconds kLockPoll{100};
constexpr std::chrono::milliseconds kPersistPause{100};
constexpr size_t kFailuresMax = 10'000;
constexpr size_t kReadEvents = 256;

std::string FailedKey(uint64_t sequence) {
  return fmt::format("{}{:020}", kUploadFailedPrefix, sequence);
}

// A call that is cancelled, as when the account is closed, says nothing of the event; nor does one
// whose credentials are refused, which can be replaced.
bool WillBeSentAgain(ErrorCode code) {
  return IsTransient(code) || code == ErrorCode::kCancelled || code == ErrorCode::kUnauthenticated;
}

// "<ErrorCodeName> LF <message>"
std::string EncodeFailure(const Error& error) {
  return std::string(ErrorCodeName(error.code)) + "\n" + error.message;
}

Error DecodeFailure(const std::string& row) {
  const size_t end = row.find('\n');
  const std::string name = row.substr(0, end);
  Error error{ErrorCode::kInternal, end == std::string::npos ? row : row.substr(end + 1)};
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    if (ErrorCodeName(static_cast<ErrorCode>(code)) == name)
      error.code = static_cast<ErrorCode>(code);
  }
  return error;
}

}  // namespace

Uploader::Uploader(EmbeddedAccount& local, EventUpload& upload, const UploaderOptions& options)
    : local_(local), upload_(upload), options_(options) {
  pool_.emplace(options.threads, options.threads);
  thread_ = std::jthread([this](std::stop_token stop) { Run(std::move(stop)); });
}

Uploader::~Uploader() {
  thread_.request_stop();
  {
    MutexLock lock(mutex_);
    changed_.NotifyAll();
  }
  thread_.join();
}

Result<uint64_t> Uploader::ReadUploaded() {
  const auto row = TRY(local_.store().GetState(kUploadedKey));
  if (!row) return uint64_t{0};
  uint64_t sequence = 0;
  const char* end = row->data() + row->size();
  const auto [last, error] = std::from_chars(row->data(), end, sequence);
  if (error != std::errc() || last != end)
    return Error{ErrorCode::kCorrupt, "the row of what is uploaded is damaged"};
  return sequence;
}

void Uploader::Run(std::stop_token stop) {
  const std::string path = local_.local_directory() + "/upload.lock";
  while (!stop.stop_requested()) {
    auto lock_file = FileLock::TryAcquire(path);
    if (!lock_file) Log(LogLevel::kError, "uploads: {}", lock_file.error().message);
    if (lock_file && *lock_file) {
      const auto uploaded = ReadUploaded();
      if (uploaded) {
        {
          MutexLock lock(mutex_);
          owner_ = true;
          read_ = published_ = persisted_ = *uploaded;
        }
        return Work(stop);
      }
      Log(LogLevel::kError, "uploads: {}", uploaded.error().message);
    }
    MutexLock lock(mutex_);
    if (!stop.stop_requested()) changed_.WaitFor(mutex_, kLockPoll);
  }
}

void Uploader::Work(std::stop_token stop) {
  auto last_persist = SteadyClock::now();
  while (!stop.stop_requested()) {
    const Status read = ReadMore();
    if (!read) Log(LogLevel::kError, "uploads: {}", read.error().message);
    BeginSome();
    const auto now = SteadyClock::now();
    bool idle = false;
    {
      MutexLock lock(mutex_);
      idle = order_.size() == 0;
    }
    if (idle || now - last_persist > kPersistPause) {
      const Status persisted = Persist();
      if (!persisted) Log(LogLevel::kError, "uploads: {}", persisted.error().message);
      last_persist = now;
    }
    MutexLock lock(mutex_);
    if (!stop.stop_requested()) changed_.WaitFor(mutex_, kPoll);
  }
  // What runs is finished: its answers must not be lost.
  pool_.reset();
  const Status persisted = Persist();
  if (!persisted) Log(LogLevel::kError, "uploads: {}", persisted.error().message);
  MutexLock lock(mutex_);
  owner_ = false;
}

Status Uploader::ReadMore() {
  for (;;) {
    uint64_t after = 0;
    {
      MutexLock lock(mutex_);
      if (order_.size() >= options_.events_max) return Ok();
      after = read_;
    }
    auto events = TRY(local_.journal().Read(after, kReadEvents));
    MutexLock lock(mutex_);
    if (events.empty()) {
      Advance();
      return Ok();
    }
    for (Event& event : events) {
      read_ = event.sequence;
      group_ends_.insert(event.group_end);
      order_.Add(std::move(event));
    }
  }
}

void Uploader::BeginSome() {
  for (;;) {
    std::optional<Event> event;
    {
      MutexLock lock(mutex_);
      if (running_ >= options_.threads || SteadyClock::now() < not_before_) return;
      event = order_.Begin();
      if (!event) return;
      ++running_;
    }
    pool_->Submit([this, one = *std::move(event)] { UploadOne(one); });
  }
}

void Uploader::UploadOne(const Event& event) {
  Status status = upload_.Upload(event);
  if (!status && !WillBeSentAgain(status.error().code)) {
    const Status recorded = Record(event, status.error());
    if (recorded) return Finish(event, status);
    // Nobody may take for done what is neither there nor undone here.
    status = recorded;
  }
  if (status) return Finish(event, status);
  MutexLock lock(mutex_);
  --running_;
  order_.Again(event.sequence);
  if (pause_.count() == 0) {
    Log(LogLevel::kWarning, "uploads wait: {}", status.error().message);
    pause_ = options_.pause_min;
  } else {
    pause_ = std::min(pause_ * 2, options_.pause_max);
  }
  not_before_ = SteadyClock::now() + pause_;
  changed_.NotifyAll();
}

void Uploader::Finish(const Event& event, const Status& status) {
  MutexLock lock(mutex_);
  --running_;
  order_.Done(event.sequence);
  pause_ = std::chrono::milliseconds{0};
  finished_.insert(event.sequence);
  if (!status) {
    failures_.emplace(event.sequence, status.error());
    if (failures_.size() > kFailuresMax) failures_.erase(failures_.begin());
  }
  Advance();
  changed_.NotifyAll();
}

Status Uploader::Record(const Event& event, const Error& why) {
  std::vector<embedded::ServiceChange> changes{
      Mutation(PutState{FailedKey(event.sequence), EncodeFailure(why)})};
  const bool refused = why.code != ErrorCode::kStale;
  if (refused) changes.emplace_back(embedded::UndoEvent{event.sequence});
  TRY(local_.ApplyForService(changes));
  if (!refused) return Ok();
  Log(LogLevel::kError, "the service refuses '{}/{}': {}", event.container, event.name,
      why.message);
  // Where nothing is left here, what the service has is found anew.
  const BlobPath path{event.container, event.name};
  const auto left = local_.store().Stat(path, {});
  if (left || left.error().code != ErrorCode::kNotFound) return Ok();
  const std::vector<embedded::ServiceChange> forget{Mutation(RemoveState{LiveKey(path)})};
  TRY(local_.ApplyForService(forget));
  return Ok();
}

void Uploader::Advance() {
  const auto next = group_ends_.upper_bound(order_.DoneBelow().value_or(read_));
  if (next == group_ends_.begin()) return;
  published_ = *std::prev(next);
  group_ends_.erase(group_ends_.begin(), next);
  finished_.erase(finished_.begin(), finished_.upper_bound(published_));
  changed_.NotifyAll();
}

Status Uploader::Persist() {
  uint64_t until = 0;
  {
    MutexLock lock(mutex_);
    if (published_ == persisted_) return Ok();
    until = published_;
  }
  const auto written = local_.store().Apply(
      {Mutation(PutState{std::string(kUploadedKey), std::to_string(until)})}, 0);
  if (!written) return written.error();
  MutexLock lock(mutex_);
  persisted_ = until;
  return Ok();
}

std::optional<Status> Uploader::OutcomeOf(uint64_t sequence) {
  const auto failure = failures_.find(sequence);
  if (failure != failures_.end()) return Status(failure->second);
  if (sequence <= published_ || finished_.contains(sequence)) return Ok();
  return std::nullopt;
}

Result<uint64_t> Uploader::Published() {
  {
    MutexLock lock(mutex_);
    if (owner_) return published_;
  }
  return ReadUploaded();
}

Status Uploader::WaitFor(std::span<const uint64_t> sequences, std::chrono::milliseconds timeout) {
  const auto deadline = SteadyClock::now() + timeout;
  {
    // The uploader looks at once.
    MutexLock lock(mutex_);
    changed_.NotifyAll();
  }
  Status all;
  for (const uint64_t sequence : sequences) {
    for (;;) {
      {
        MutexLock lock(mutex_);
        if (owner_) {
          const auto outcome = OutcomeOf(sequence);
          if (outcome && !*outcome && all) all = *outcome;
          if (outcome) break;
        }
      }
      const uint64_t published = TRY(Published());
      if (published >= sequence) {
        // Another process sends: what became of it stands in its row, if it failed.
        const auto failed = TRY(local_.store().GetState(FailedKey(sequence)));
        if (failed && all) all = DecodeFailure(*failed);
        break;
      }
      if (SteadyClock::now() >= deadline)
        return Error{ErrorCode::kTimeout,
                     "the service did not take the change in time: it is kept on this machine and "
                     "goes on being sent"};
      MutexLock lock(mutex_);
      changed_.WaitFor(mutex_, kPoll);
    }
  }
  return all;
}

void Uploader::WaitPublished(uint64_t after, std::chrono::milliseconds timeout,
                             std::stop_token stop) {
  const auto deadline = SteadyClock::now() + timeout;
  const std::stop_callback wake(stop, [this] {
    MutexLock lock(mutex_);
    changed_.NotifyAll();
  });
  while (!stop.stop_requested() && SteadyClock::now() < deadline) {
    const auto published = Published();
    if (!published || *published > after) return;
    MutexLock lock(mutex_);
    if (owner_ && published_ > after) return;
    changed_.WaitFor(mutex_, kPoll);
  }
}

}  // namespace replicafs::azure
