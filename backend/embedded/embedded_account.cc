#include "backend/embedded/embedded_account.h"

#include <algorithm>

#include "backend/base/log.h"
#include "backend/base/mutex.h"
#include "backend/base/unique_fd.h"
#include "backend/embedded/account_parts.h"

namespace replicafs {
namespace {

// Between rounds of garbage collection while there is more: who makes and drops blocks as fast as
// the disk can must not outrun it.
constexpr std::chrono::milliseconds kGarbagePause{50};
// And where the disk is nearly full: room is wanted soon.
constexpr std::chrono::seconds kGarbagePauseWithoutRoom{5};
// Less than this part of the disk is nearly full.
constexpr uint64_t kLittleRoomPart = 10;

std::string MetaOf(const std::string& directory) {
  return directory + "/meta";
}

}  // namespace

Status EmbeddedAccount::Create(const std::string& directory) {
  TRY(MakeDirectories(MetaOf(directory)));
  TRY(embedded::BlockFiles::Create(directory));
  const auto environment = TRY(lmdb::Environment::Open(MetaOf(directory), {}));
  Status created = embedded::CreateSchema(*environment);
  if (!created) return std::move(created).error().Within("'" + directory + "'");
  return SyncDirectory(MetaOf(directory));
}

Result<std::unique_ptr<EmbeddedAccount>> EmbeddedAccount::Open(const std::string& directory,
                                                               std::string name, const Clock& clock,
                                                               const Options& options) {
  lmdb::Environment::Options map;
  map.initial_map_bytes = options.initial_map_bytes;
  map.missing = lmdb::Missing::kRefuse;
  auto environment = TRY(lmdb::Environment::Open(MetaOf(directory), map));
  auto presence = TRY(embedded::Presence::Enter(directory));
  auto tables = embedded::OpenSchema(*environment);
  if (!tables) return std::move(tables).error().Within("'" + directory + "'");
  auto parts = std::make_unique<embedded::AccountParts>(
      directory, std::move(environment), std::move(presence), *tables, clock,
      options.inline_max_bytes, options.reserve_bytes, options.open_at_service);
  std::unique_ptr<EmbeddedAccount> account(
      new EmbeddedAccount(directory, std::move(name), std::move(parts)));
  if (options.garbage_interval.count() > 0) {
    account->collector_ = std::jthread([opened = account.get(), options](std::stop_token stop) {
      opened->CollectInBackground(options, std::move(stop));
    });
  }
  return account;
}

EmbeddedAccount::EmbeddedAccount(std::string directory, std::string name,
                                 std::unique_ptr<embedded::AccountParts> parts)
    : directory_(std::move(directory)), name_(std::move(name)), parts_(std::move(parts)) {}

EmbeddedAccount::~EmbeddedAccount() = default;

BlobStore& EmbeddedAccount::store() {
  return parts_->store;
}

Journal& EmbeddedAccount::journal() {
  return parts_->journal;
}

Result<std::vector<Outcome>> EmbeddedAccount::ApplyForService(
    const std::vector<embedded::ServiceChange>& changes) {
  return parts_->store.ApplyForService(changes);
}

Result<std::vector<embedded::ContentHome>> EmbeddedAccount::HomesOf(const BlobPath& path,
                                                                    VersionId version) {
  return parts_->store.HomesOf(path, version);
}

Result<embedded::GarbageReport> EmbeddedAccount::CollectGarbage(std::chrono::seconds grace) {
  return parts_->garbage.CollectAll(grace);
}

Result<embedded::CheckReport> EmbeddedAccount::Check(const embedded::CheckOptions& options) {
  return embedded::Check(*parts_, options);
}

void EmbeddedAccount::CollectInBackground(const Options& options, std::stop_token stop) {
  Mutex mutex;
  CondVar stopped;
  const std::stop_callback wake(stop, [&] {
    MutexLock lock(mutex);
    stopped.NotifyAll();
  });
  MutexLock lock(mutex);
  std::chrono::milliseconds pause = options.garbage_interval;
  while (!stop.stop_requested()) {
    stopped.WaitFor(mutex, pause);
    if (stop.stop_requested()) break;
    lock.Unlock();
    pause = CollectRound(options);
    lock.Lock();
  }
}

std::chrono::milliseconds EmbeddedAccount::CollectRound(const Options& options) {
  const auto cleared = parts_->environment->ClearDeadReaders();
  if (!cleared) Log(LogLevel::kWarning, "account '{}': {}", name_, cleared.error().message);
  const auto space = parts_->store.Space();
  // A quota may be what ends, where the disk still has room.
  const bool little_room = parts_->reserve.MissingBytes() > 0 ||
                           (space && space->available_bytes < space->total_bytes / kLittleRoomPart);
  const embedded::Presence::Alone alone(parts_->presence);
  const auto collected = parts_->garbage.CollectSome(
      alone || little_room ? std::min(options.garbage_grace, options.short_grace)
                           : options.garbage_grace);
  if (!collected) {
    Log(LogLevel::kWarning, "account '{}': garbage collection: {}", name_,
        collected.error().message);
    return options.garbage_interval;
  }
  if (collected->more) return kGarbagePause;
  return little_room ? std::min<std::chrono::milliseconds>(kGarbagePauseWithoutRoom,
                                                           options.garbage_interval)
                     : options.garbage_interval;
}

}  // namespace replicafs
