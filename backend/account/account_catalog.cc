#include "backend/account/account_catalog.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <utility>

#include "backend/account/account_file.h"
#include "backend/account/account_kind.h"
#include "backend/account/data_directory.h"
#include "backend/base/unique_fd.h"
#include "backend/blob/names.h"
#include "backend/replication/resource_id.h"

namespace replicafs {
namespace {

// Creations in one root come one after another: what an unfinished one left is then nobody's.
Result<UniqueFd> LockAccounts(const std::string& accounts) {
  UniqueFd lock = TRY(OpenFile(accounts + "/.lock", O_RDWR | O_CREAT));
  while (::flock(lock.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return ErrnoError("lock '" + accounts + "'", errno);
  }
  return lock;
}

Status RemoveTree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return ErrnoError("remove '" + path + "'", error.value());
  return Ok();
}

Result<std::string> AbsolutePath(const std::string& path) {
  std::error_code error;
  std::string absolute = std::filesystem::absolute(path, error).lexically_normal().string();
  if (error) return ErrnoError("'" + path + "'", error.value());
  while (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
  return absolute;
}

// Of this account, or none.
Status ValidateResourceId(const std::string& text, const std::string& account) {
  if (text.empty()) return Ok();
  const ResourceId id = TRY(ParseResourceId(text));
  if (id.account == account) return Ok();
  return Error{ErrorCode::kInvalid,
               "the resource id '" + text + "' is not that of account '" + account + "'"};
}

// What is known here of an account belongs to its service: another needs another account.
Status ReplaceAzureSettings(AccountDescriptor& descriptor, const AzureSettings& settings) {
  if (!descriptor.azure)
    return Error{ErrorCode::kInvalid, "account '" + descriptor.name + "' is of kind '" +
                                          descriptor.kind + "': it has no service to be reached"};
  if (descriptor.azure->endpoint != settings.endpoint)
    return Error{ErrorCode::kInvalid, "account '" + descriptor.name + "' is that of '" +
                                          descriptor.azure->endpoint + "', not of '" +
                                          settings.endpoint + "': create another"};
  descriptor.azure = settings;
  return Ok();
}

Error WithRemedy(Error error) {
  if (error.code == ErrorCode::kPermission || error.code == ErrorCode::kReadOnly)
    error.message += "; choose another root with --root or REPLICAFS_ROOT";
  return error;
}

// Makes the account in `unfinished`, whose rename to `home` is the moment at which it exists.
Status MakeAccount(const AccountDescriptor& descriptor, const std::string& unfinished,
                   const std::string& home) {
  std::optional<DataDirectory> elsewhere;
  if (descriptor.directory == home) {
    TRY(CreateAccountData(descriptor, unfinished));
  } else {
    DataDirectory prepared = TRY(DataDirectory::Prepare(descriptor.directory));
    elsewhere.emplace(std::move(prepared));
    TRY(CreateAccountData(descriptor, descriptor.directory));
  }
  TRY(WriteFileAtomically(unfinished + "/" + std::string(kAccountFileName),
                          EncodeAccountFile(descriptor, home)));
  if (elsewhere) TRY(elsewhere->Keep());
  if (::rename(unfinished.c_str(), home.c_str()) != 0)
    return ErrnoError("rename '" + unfinished + "'", errno);
  return Ok();
}

}  // namespace

AccountCatalog::AccountCatalog(const std::string& root, const Clock& clock)
    : root_(AbsolutePath(root).value_or(root)), clock_(clock) {}

AccountCatalog::~AccountCatalog() = default;

std::string AccountCatalog::HomeOf(std::string_view name) const {
  return root_ + "/accounts/" + std::string(name);
}

Error AccountCatalog::Unknown(std::string_view name) {
  std::string message = "no account '" + std::string(name) + "' below " + root_ + "; ";
  const std::vector<std::string> names = AccountNames().value_or(std::vector<std::string>());
  if (names.empty()) {
    message += "there is none yet: replicafs account create " + std::string(name) +
               ", or name another root with --root or REPLICAFS_ROOT";
  } else {
    message += "there are:";
    for (const std::string& other : names) message += " " + other;
    message += "; create it: replicafs account create " + std::string(name);
  }
  return Error{ErrorCode::kNotFound, std::move(message)};
}

Status AccountCatalog::CheckIsFree(const std::string& name) const {
  TRY(ValidateAccountName(name));
  if (::access(HomeOf(name).c_str(), F_OK) != 0) return Ok();
  return Error{ErrorCode::kExists, "account '" + name + "' exists already below " + root_};
}

Result<AccountDescriptor> AccountCatalog::Create(const CreateAccountRequest& request) {
  TRY(ValidateAccountName(request.name));
  TRY(ValidateResourceId(request.resource_id, request.name));
  const std::string accounts = root_ + "/accounts";
  if (auto made = MakeDirectories(accounts); !made) return WithRemedy(std::move(made).error());
  auto lock = LockAccounts(accounts);
  if (!lock) return WithRemedy(std::move(lock).error());

  TRY(CheckIsFree(request.name));
  const std::string home = HomeOf(request.name);
  AccountDescriptor descriptor{.name = request.name,
                               .kind = std::string(request.azure ? kAzureKind : kEmbeddedKind),
                               .tenant = request.tenant,
                               .resource_id = request.resource_id,
                               .region = request.region,
                               .directory = home,
                               .created = clock_.Now(),
                               .durability = request.durability,
                               .azure = request.azure};
  if (!request.path.empty()) descriptor.directory = TRY(AbsolutePath(request.path));

  const std::string unfinished = accounts + "/.unfinished";
  TRY(RemoveTree(unfinished));
  TRY(MakeDirectories(unfinished));
  if (auto made = MakeAccount(descriptor, unfinished, home); !made) {
    // The reason of the first failure is the one to report.
    static_cast<void>(RemoveTree(unfinished).has_value());
    return std::move(made).error();
  }
  TRY(SyncDirectory(accounts));
  return descriptor;
}

Result<AccountDescriptor> AccountCatalog::Update(const UpdateAccountRequest& request) {
  TRY(ValidateResourceId(request.resource_id.value_or(""), request.name));
  TRY(Describe(request.name));
  auto lock = LockAccounts(root_ + "/accounts");
  if (!lock) return WithRemedy(std::move(lock).error());
  AccountDescriptor descriptor = TRY(Describe(request.name));
  if (request.azure) TRY(ReplaceAzureSettings(descriptor, *request.azure));
  if (request.durability) descriptor.durability = *request.durability;
  if (request.tenant) descriptor.tenant = *request.tenant;
  if (request.resource_id) descriptor.resource_id = *request.resource_id;
  const std::string home = HomeOf(request.name);
  const std::string file = home + "/" + std::string(kAccountFileName);
  const std::string text = TRY(ReadWholeFile(file));
  const std::string updated = TRY(UpdateAccountFile(text, descriptor, home));
  TRY(WriteFileAtomically(file, updated));
  return descriptor;
}

Result<Durability> AccountCatalog::DurabilityOf(std::string_view name) {
  const AccountDescriptor descriptor = TRY(Describe(name));
  return descriptor.durability;
}

Result<AccountIdentity> AccountCatalog::IdentityOf(std::string_view name) {
  const AccountDescriptor descriptor = TRY(Describe(name));
  return AccountIdentity{descriptor.tenant, descriptor.resource_id};
}

Result<std::vector<std::string>> AccountCatalog::AccountNames() {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(root_ + "/accounts", error), end;
       !error && entry != end; entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (!ValidateAccountName(name)) continue;
    if (::access((entry->path() / kAccountFileName).c_str(), F_OK) == 0)
      names.push_back(std::move(name));
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return WithRemedy(ErrnoError("read '" + root_ + "/accounts'", error.value()));
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::vector<AccountDescriptor>> AccountCatalog::List() {
  std::vector<AccountDescriptor> all;
  const std::vector<std::string> names = TRY(AccountNames());
  for (const std::string& name : names) all.push_back(TRY(Describe(name)));
  return all;
}

Result<AccountDescriptor> AccountCatalog::Describe(std::string_view name) {
  if (!ValidateAccountName(name)) return Unknown(name);
  const std::string home = HomeOf(name);
  const std::string file = home + "/" + std::string(kAccountFileName);
  auto text = ReadWholeFile(file);
  if (!text && text.error().code == ErrorCode::kNotFound) return Unknown(name);
  if (!text) return WithRemedy(std::move(text).error());
  auto descriptor = DecodeAccountFile(*text, home);
  if (!descriptor) return std::move(descriptor).error().Within(file);
  descriptor->name = name;
  return descriptor;
}

Result<std::shared_ptr<Account>> AccountCatalog::OpenAccount(std::string_view name) {
  MutexLock lock(mutex_);
  const auto found = open_.find(name);
  if (found != open_.end()) {
    if (std::shared_ptr<Account> account = found->second.lock()) return account;
  }
  const AccountDescriptor descriptor = TRY(Describe(name));
  auto opened = OpenAccountData(descriptor, clock_);
  if (!opened) {
    Error error = std::move(opened).error();
    // The account is there: what is missing is its data, as on a disk that is not mounted.
    if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kUnavailable;
    return std::move(error).Within("account '" + descriptor.name + "' in " + descriptor.directory);
  }
  const std::shared_ptr<Account> account = std::move(*opened);
  open_.insert_or_assign(descriptor.name, account);
  return account;
}

}  // namespace replicafs
