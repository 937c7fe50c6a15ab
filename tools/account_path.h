// What a PATH argument of a command names.
#pragma once

#include <string>
#include <string_view>

#include "backend/account/account_catalog.h"
#include "backend/base/result.h"

namespace replicafs {

// Members from the first empty one on are empty.
struct AccountPath {
  std::string account;
  std::string container;
  std::string name;  // a blob's name or a prefix of names
};

// "account/container/rest of it".
AccountPath SplitAccountPath(std::string_view text);
std::string ToString(const AccountPath& path);

// ACCOUNT[/CONTAINER[/NAME]] when such an account exists; else, like every PATH that begins with
// '/' or '.', a file or directory below a mount of this root (its process must live).
// kNotFound says what was looked for.
Result<AccountPath> ResolvePath(AccountCatalog& accounts, const std::string& path);

// An open account and an existing container; kNotFound says which containers there are, kInvalid
// when `path` names none.
struct OpenContainer {
  std::shared_ptr<Account> account;
  ContainerInfo info;
};
Result<OpenContainer> OpenContainerAt(AccountCatalog& accounts, const AccountPath& path);

}  // namespace replicafs
