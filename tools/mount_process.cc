#include "tools/mount_process.h"

#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "backend/base/clock.h"
#include "backend/blob/keyed_account.h"
#include "backend/past/past_account.h"
#include "backend/replication/link_supervisor.h"
#include "backend/retention/retention_keeper.h"
#include "fs/fuse/mountpoint.h"
#include "fs/fuse/signals.h"
#include "tools/daemon.h"
#include "tools/key_file.h"
#include "tools/mount_lock.h"
#include "tools/mount_state.h"

namespace replicafs {
namespace {

// A directory of the mount's own, without what a crash left there.
Status PrepareScratch(const std::string& directory) {
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  return MakeDirectories(directory);
}

// None: all of them.
std::vector<std::string> MountedAccounts(const MountRequest& request) {
  const std::string& account = request.file_system.scope.account;
  if (account.empty()) return {};
  return {account};
}

// nullptr when this process runs no links.
std::unique_ptr<LinkSupervisor> StartLinks(AccountCatalog& accounts, const MountRequest& request) {
  if (request.replication == MountRequest::Replication::kOff || request.at) return nullptr;
  return std::make_unique<LinkSupervisor>(accounts, MountedAccounts(request), SystemClock());
}

// nullptr when this process applies no retention.
std::unique_ptr<RetentionKeeper> StartRetention(AccountCatalog& accounts,
                                                const MountRequest& request) {
  if (request.at) return nullptr;
  return std::make_unique<RetentionKeeper>(accounts, MountedAccounts(request), SystemClock());
}

Status Serve(AccountCatalog& accounts, const MountRequest& request, StartReport& report) {
  const ContentKeyPtr key = TRY(ReadKeyFileIfNamed(request.key_file));
  const std::string& mountpoint = request.session.mountpoint;
  const MountLock lock = TRY(MountLock::Acquire(accounts.root(), mountpoint));
  TRY(PrepareScratch(request.file_system.scratch_directory));
  BlockEndSignals();
  std::optional<PastAccounts> past;
  if (request.at) past.emplace(accounts, *request.at);
  AccountSource& then = past ? static_cast<AccountSource&>(*past) : accounts;
  std::optional<KeyedAccounts> keyed;
  if (key != nullptr) keyed.emplace(then, key);
  AccountSource& shown = keyed ? static_cast<AccountSource&>(*keyed) : then;
  const std::unique_ptr<FileSystem> file_system =
      TRY(FileSystem::Open(shown, SystemClock(), request.file_system));
  const std::unique_ptr<Session> session = TRY(Session::Mount(*file_system, request.session));
  const std::unique_ptr<LinkSupervisor> links = StartLinks(accounts, request);
  const std::unique_ptr<RetentionKeeper> retention = StartRetention(accounts, request);
  TRY(WriteMountState(
      accounts.root(),
      {.pid = ::getpid(), .mountpoint = mountpoint, .scope = ToString(request.file_system.scope)}));
  const Status served = session->Serve([&report, &mountpoint] {
    Log(LogLevel::kInfo, "mounted on {}", mountpoint);
    report.Succeeded();
  });
  const Status removed = RemoveMountState(accounts.root(), mountpoint);
  Log(LogLevel::kInfo, "unmounted {}", mountpoint);
  if (!served) return served;
  return removed;
}

}  // namespace

Result<MountScope> ParseScope(std::string_view text) {
  MountScope scope;
  const size_t first = text.find('/');
  scope.account = text.substr(0, first);
  if (scope.account.empty() && !text.empty()) {
    return Error{ErrorCode::kInvalid,
                 "'" + std::string(text) + "' is not of the form ACCOUNT[/CONTAINER[/PREFIX]]"};
  }
  if (first == std::string_view::npos) return scope;
  const std::string_view rest = text.substr(first + 1);
  const size_t second = rest.find('/');
  scope.container = rest.substr(0, second);
  if (second == std::string_view::npos) return scope;
  scope.prefix = rest.substr(second + 1);
  if (!scope.prefix.empty() && scope.prefix.back() != '/') scope.prefix += '/';
  return scope;
}

std::string ToString(const MountScope& scope) {
  std::string text = scope.account;
  if (!scope.container.empty()) text += "/" + scope.container;
  if (!scope.prefix.empty()) text += "/" + scope.prefix;
  return text;
}

Status RunMount(AccountCatalog& accounts, MountRequest request) {
  request.session.mountpoint = TRY(PrepareMountpoint(request.session.mountpoint));
  const std::string scope = ToString(request.file_system.scope);
  request.session.source = scope.empty() ? "replicafs" : scope;
  const std::string stem = MountFileStem(accounts.root(), request.session.mountpoint);
  request.file_system.scratch_directory = stem + ".scratch";
  if (request.place == MountRequest::Place::kForeground) {
    LogToStderr(request.log_level);
    StartReport nobody;
    return Serve(accounts, request, nobody);
  }
  const std::string name = std::filesystem::path(stem).filename().string();
  return StartDaemon(
      {.log_path = accounts.root() + "/log/mount-" + name + ".log", .log_level = request.log_level},
      [&](StartReport& report) { return Serve(accounts, request, report); });
}

}  // namespace replicafs
