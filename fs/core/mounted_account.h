// An account that the file system has open.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "backend/blob/account.h"
#include "backend/replication/status.h"

namespace replicafs {

// Thread-safe: never changes.
struct MountedAccount {
  explicit MountedAccount(std::shared_ptr<Account> opened);

  const std::shared_ptr<Account> account;
  const std::unique_ptr<StatusReader> status;
  const uint64_t inode_base;  // the top 16 bits of st_ino: a hash of the account's name

  BlobStore& store() const { return account->store(); }
  // Stable over remounts. `path` decides when the store has no file id.
  uint64_t InodeOf(uint64_t file_id, std::string_view path) const;
};

// The first eight bytes of a hash: for names that have no number of their own.
uint64_t StableHash(std::string_view text);

}  // namespace replicafs
