// Brings the events of the local journal to the service, in their order where they concern the same
// names, others side by side. One process at a time does that for an account; it goes on where the
// last one ended.
//
// The row "azure/uploaded" of the local side: the sequence up to which everything is at the
// service. It may lag behind by what was done in the last moments, which is then done again without
// harm. "azure/upload-failed/<sequence>": why an event failed for good. What it did
// here is undone then, where it can be (embedded::UndoEvent).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <thread>

#include "backend/azure/event_upload.h"
#include "backend/azure/upload_order.h"
#include "backend/base/file_lock.h"
#include "backend/base/mutex.h"
#include "backend/base/result.h"
#include "backend/base/thread_pool.h"
#include "backend/embedded/embedded_account.h"

namespace replicafs::azure {

constexpr std::string_view kUploadedKey = "azure/uploaded";
constexpr std::string_view kUploadFailedPrefix = "azure/upload-failed/";

struct UploaderOptions {
  size_t threads = 16;       // events side by side
  size_t events_max = 1024;  // read ahead from the journal
  // After an error that may pass: doubled from the first to the second.
  std::chrono::milliseconds pause_min{200};
  std::chrono::milliseconds pause_max{30'000};
};

// Thread-safe.
class Uploader {
 public:
  // Borrows `local` and `upload`.
  Uploader(EmbeddedAccount& local, EventUpload& upload, const UploaderOptions& options);
  ~Uploader();
  Uploader(const Uploader&) = delete;
  Uploader& operator=(const Uploader&) = delete;

  // Returns when the service has the events, or has refused some, with what it said of the first.
  // kTimeout: they are kept here and go on being sent.
  Status WaitFor(std::span<const uint64_t> sequences, std::chrono::milliseconds timeout)
      EXCLUDES(mutex_);
  // Everything up to here is at the service, or was refused. The end of a group of events.
  Result<uint64_t> Published() EXCLUDES(mutex_);
  // Returns when Published() > after, or the time is over, or a stop is asked for.
  void WaitPublished(uint64_t after, std::chrono::milliseconds timeout, std::stop_token stop)
      EXCLUDES(mutex_);

 private:
  void Run(std::stop_token stop);
  // Once the account is this process's.
  void Work(std::stop_token stop) EXCLUDES(mutex_);
  Status ReadMore() EXCLUDES(mutex_);
  void BeginSome() EXCLUDES(mutex_);
  void UploadOne(const Event& event) EXCLUDES(mutex_);
  void Finish(const Event& event, const Status& status) EXCLUDES(mutex_);
  // Of an event that failed for good, before it counts as done: why, for who waits in another
  // process; and what the service refused is undone.
  Status Record(const Event& event, const Error& why);
  void Advance() REQUIRES(mutex_);
  Status Persist() EXCLUDES(mutex_);
  // nullopt: not known yet.
  std::optional<Status> OutcomeOf(uint64_t sequence) REQUIRES(mutex_);
  Result<uint64_t> ReadUploaded();

  EmbeddedAccount& local_;
  EventUpload& upload_;
  const UploaderOptions options_;

  Mutex mutex_;
  CondVar changed_;
  bool owner_ GUARDED_BY(mutex_) = false;
  UploadOrder order_ GUARDED_BY(mutex_);
  size_t running_ GUARDED_BY(mutex_) = 0;
  uint64_t read_ GUARDED_BY(mutex_) = 0;              // from the journal
  std::set<uint64_t> group_ends_ GUARDED_BY(mutex_);  // of what was read, above published_
  uint64_t published_ GUARDED_BY(mutex_) = 0;
  uint64_t persisted_ GUARDED_BY(mutex_) = 0;
  std::set<uint64_t> finished_ GUARDED_BY(mutex_);  // above published_
  std::map<uint64_t, Error> failures_ GUARDED_BY(mutex_);
  std::chrono::milliseconds pause_ GUARDED_BY(mutex_){0};
  std::chrono::steady_clock::time_point not_before_ GUARDED_BY(mutex_);

  std::optional<ThreadPool> pool_;
  std::jthread thread_;
};

}  // namespace replicafs::azure
