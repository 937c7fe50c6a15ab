#include "fs/core/file_system_state.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

#include "backend/base/digest.h"
#include "fs/core/close_later.h"
#include "fs/core/late_maker.h"

namespace replicafs {

FileSystemState::FileSystemState(AccountSource& accounts_, const Clock& clock_,
                                 FileSystemOptions options_, std::string scratch_directory)
    : accounts(accounts_),
      clock(clock_),
      options(std::move(options_)),
      writer_id(RandomU64()),
      memory(DivideMemory(options.memory_bytes)),
      write_pool(std::move(scratch_directory), {.memory_max_bytes = memory.write_bytes}),
      watcher(*this),
      forgetter(*this, memory.node_bytes) {}

FileSystemState::~FileSystemState() {
  for (MountedAccount* account : OpenAccounts()) account->late().Stop();
}

Result<MountedAccount*> FileSystemState::OpenAccount(std::string_view name) {
  {
    MutexLock lock(mutex_);
    const auto found = open_.find(name);
    if (found != open_.end()) return found->second.get();
  }
  const auto make = [this](std::vector<LateChange>& changes) {
    return MakeLateChanges(*this, changes);
  };
  const auto finish = [this](const NodePtr& node) { FinishLateCommit(*this, node); };
  const Durability durability = TRY(accounts.DurabilityOf(name));
  auto opened =
      std::make_unique<MountedAccount>(TRY(accounts.OpenAccount(name)), durability, make, finish);
  MountedAccount* account = nullptr;
  {
    MutexLock lock(mutex_);
    account = open_.emplace(std::string(name), std::move(opened)).first->second.get();
  }
  watcher.Watch(*account);
  return account;
}

const ContainerPlace* FileSystemState::PlaceOf(MountedAccount& account,
                                               std::string_view container) {
  MutexLock lock(mutex_);
  const auto key = std::make_pair(&account, std::string(container));
  return &places_.try_emplace(key, ContainerPlace{&account, key.second}).first->second;
}

std::vector<MountedAccount*> FileSystemState::OpenAccounts() const {
  MutexLock lock(mutex_);
  std::vector<MountedAccount*> accounts_open;
  for (const auto& [name, account] : open_) accounts_open.push_back(account.get());
  return accounts_open;
}

Result<std::vector<Outcome>> FileSystemState::Apply(BlobStore& store,
                                                    std::vector<Mutation> changes) const {
  return store.Apply(std::move(changes), writer_id);
}

Status FileSystemState::MakeRoot() {
  const MountScope& scope = options.scope;
  NodeSeed root{.kind = NodeKind::kAccounts, .type = S_IFDIR};
  if (!scope.account.empty()) {
    root.kind = NodeKind::kAccount;
    root.account = TRY(OpenAccount(scope.account));
  }
  if (!scope.container.empty()) {
    root.kind = NodeKind::kContainer;
    TRY(root.account->store().GetContainer(scope.container));
    root.place = PlaceOf(*root.account, scope.container);
  }
  if (!scope.prefix.empty()) {
    root.kind = NodeKind::kDirectory;
    root.component = scope.prefix;
    if (root.component.ends_with('/')) root.component.pop_back();
  }
  nodes = std::make_unique<NodeTable>(root);
  return Ok();
}

Status RefuseDestination(const Location& location) {
  const ContainerInfo info = TRY(location.store().GetContainer(location.container()));
  if (info.destination_policy_id.empty()) return Ok();
  return Error{ErrorCode::kDestination,
               fmt::format("the container '{}' is the destination of policy {}: it can be read "
                           "and deleted from, and nothing else",
                           info.name, info.destination_policy_id)};
}

Status RefuseImmutable(const FileSystemState& state, const Location& location,
                       const BlobInfo& info) {
  const ContainerInfo container = TRY(location.store().GetContainer(location.container()));
  return CheckMutable(container.protection, info.protection, info.version,
                      ToString(location.path()), state.clock.Now());
}

Status RefuseWriting(const FileSystemState& state, const Location& location, const BlobInfo& info) {
  TRY(RefuseImmutable(state, location, info));
  if (info.kind == BlobKind::kBlock) return Ok();
  return Error{
      ErrorCode::kBlobKind,
      fmt::format("'{}' is {}: a mount can read and remove it, and writes block blobs alone",
                  ToString(location.path()), WithArticle(info.kind))};
}

Status RefuseWritingInto(const FileSystemState& state, const Location& location,
                         const BlobInfo& info) {
  TRY(RefuseWriting(state, location, info));
  if (!info.key_sha256) return Ok();
  return Error{ErrorCode::kCustomerKey,
               fmt::format("'{}' is encrypted with a key of the customer's: a mount replaces it, "
                           "and does not write into it",
                           ToString(location.path()))};
}

bool IsDestination(BlobStore& store, const std::string& container) {
  const auto info = store.GetContainer(container);
  return info && !info->destination_policy_id.empty();
}

}  // namespace replicafs
