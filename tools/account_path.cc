#include "tools/account_path.h"

#include <filesystem>

#include "fs/core/name_codec.h"
#include "tools/mount_state.h"

namespace replicafs {
namespace {

// What lies at `path` below the mount; nullopt when it lies elsewhere.
std::optional<std::string> Below(const std::string& mountpoint, const std::string& path) {
  if (path == mountpoint) return "";
  if (path.starts_with(mountpoint) && path[mountpoint.size()] == '/')
    return path.substr(mountpoint.size() + 1);
  return std::nullopt;
}

// `rest` is what the mount shows: its names of blobs may be escaped.
Result<AccountPath> StoredPath(const std::string& scope, std::string_view rest) {
  AccountPath path = SplitAccountPath(scope);
  while (!rest.empty()) {
    const size_t slash = rest.find('/');
    const std::string_view shown = rest.substr(0, slash);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (path.account.empty()) {
      path.account = shown;
    } else if (path.container.empty()) {
      path.container = shown;
    } else {
      const NamePlace place = path.name.empty() ? NamePlace::kContainerRoot : NamePlace::kBelow;
      const StoredName stored = TRY(ToStored(shown, place));
      if (!path.name.empty() && !path.name.ends_with('/')) path.name += '/';
      path.name += stored.component;
    }
  }
  return path;
}

Result<std::optional<AccountPath>> FindBelowMounts(const std::vector<MountState>& mounts,
                                                   const std::string& path) {
  const MountState* deepest = nullptr;
  for (const MountState& mount : mounts) {
    if (Below(mount.mountpoint, path) &&
        (deepest == nullptr || mount.mountpoint.size() > deepest->mountpoint.size()))
      deepest = &mount;
  }
  if (deepest == nullptr) return std::optional<AccountPath>();
  AccountPath found = TRY(StoredPath(deepest->scope, *Below(deepest->mountpoint, path)));
  return std::optional<AccountPath>(std::move(found));
}

// Without asking the file system first: a mount that hangs must not hang the command.
Result<std::optional<AccountPath>> ResolveFile(const std::string& root, const std::string& path) {
  const std::vector<MountState> mounts = TRY(ListMountStates(root));
  std::error_code error;
  std::string plain = std::filesystem::absolute(path, error).lexically_normal().string();
  if (plain.size() > 1 && plain.ends_with('/')) plain.pop_back();
  std::optional<AccountPath> found = TRY(FindBelowMounts(mounts, plain));
  if (found) return found;
  const auto canonical = std::filesystem::weakly_canonical(path, error);
  if (error) return std::optional<AccountPath>();
  return FindBelowMounts(mounts, canonical.string());
}

std::string NamesOf(const std::vector<ContainerInfo>& containers) {
  std::string names;
  for (const ContainerInfo& container : containers) names += " " + container.name;
  return names;
}

}  // namespace

AccountPath SplitAccountPath(std::string_view text) {
  AccountPath path;
  const size_t first = text.find('/');
  path.account = text.substr(0, first);
  if (first == std::string_view::npos) return path;
  text.remove_prefix(first + 1);
  const size_t second = text.find('/');
  path.container = text.substr(0, second);
  if (second != std::string_view::npos) path.name = text.substr(second + 1);
  return path;
}

std::string ToString(const AccountPath& path) {
  std::string text = path.account;
  if (!path.container.empty()) text += "/" + path.container;
  if (!path.name.empty()) text += "/" + path.name;
  return text;
}

Result<AccountPath> ResolvePath(AccountCatalog& accounts, const std::string& path) {
  const bool is_file = path.starts_with('/') || path.starts_with('.');
  const AccountPath named = SplitAccountPath(path);
  if (!is_file && accounts.Describe(named.account)) return named;
  const std::optional<AccountPath> below = TRY(ResolveFile(accounts.root(), path));
  if (below) return *below;
  if (is_file)
    return Error{ErrorCode::kNotFound, "'" + path + "' lies below no mount of " + accounts.root() +
                                           "; name it as ACCOUNT/CONTAINER/NAME, or mount it"};
  // The error that lists the accounts.
  TRY(accounts.Describe(named.account));
  return named;
}

Result<OpenContainer> OpenContainerAt(AccountCatalog& accounts, const AccountPath& path) {
  OpenContainer opened;
  opened.account = TRY(accounts.OpenAccount(path.account));
  if (path.container.empty())
    return Error{ErrorCode::kInvalid,
                 "'" + path.account + "' names no container: write ACCOUNT/CONTAINER"};
  auto info = opened.account->store().GetContainer(path.container);
  if (!info && info.error().code == ErrorCode::kNotFound) {
    const std::vector<ContainerInfo> all = TRY(opened.account->store().ListContainers());
    return Error{ErrorCode::kNotFound,
                 "account '" + path.account + "' has no container '" + path.container + "'; " +
                     (all.empty() ? "it has none yet" : "it has:" + NamesOf(all)) +
                     "; create it: replicafs container create " + path.account + "/" +
                     path.container};
  }
  opened.info = TRY(std::move(info));
  return opened;
}

}  // namespace replicafs
