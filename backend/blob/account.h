// An open storage account, and who can open one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/blob/blob_store.h"
#include "backend/blob/journal.h"

namespace replicafs {

// What close(2) promises in a mount of the account.
enum class Durability : uint8_t {
  kCommit,   // what was closed is on disk
  kRelaxed,  // what was closed is on disk within a second, in the order of the closes
};
std::string_view ToString(Durability durability);                  // "commit", "relaxed"
std::optional<Durability> ParseDurability(std::string_view text);  // the same

// Whose account it is. Both are free of any service: what an owner says of it.
struct AccountIdentity {
  std::string tenant;       // empty: of none, as are all accounts that nobody has given one
  std::string resource_id;  // as Azure Resource Manager would call it; empty: not said

  bool operator==(const AccountIdentity&) const = default;
};

// Thread-safe.
class Account {
 public:
  virtual ~Account() = default;
  virtual const std::string& name() const = 0;
  virtual BlobStore& store() = 0;
  virtual Journal& journal() = 0;
  // A directory on this machine for lock files and scratch space of this account.
  virtual const std::string& local_directory() const = 0;
};

// Thread-safe.
class AccountSource {
 public:
  virtual ~AccountSource() = default;
  virtual Result<std::vector<std::string>> AccountNames() = 0;  // in order
  // The same object for as long as somebody holds it. kNotFound.
  virtual Result<std::shared_ptr<Account>> OpenAccount(std::string_view name) = 0;
  // As it is set now. kNotFound.
  virtual Result<Durability> DurabilityOf(std::string_view name) = 0;
  virtual Result<AccountIdentity> IdentityOf(std::string_view name) = 0;
};

}  // namespace replicafs
