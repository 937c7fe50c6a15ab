// An account that the file system has open.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "backend/base/mutex.h"
#include "backend/blob/account.h"
#include "backend/replication/status.h"
#include "fs/core/late_account.h"

namespace replicafs {

// Thread-safe.
struct MountedAccount {
  // `make` and `finish` carry out what was answered early; see LateChanges.
  MountedAccount(std::shared_ptr<Account> opened, Durability wanted, LateChanges::Maker make,
                 LateChanges::Finisher finish);

  const std::shared_ptr<LateAccount> account;
  const Durability durability;
  const std::unique_ptr<StatusReader> status;
  const uint64_t inode_base;  // the top 16 bits of st_ino: a hash of the account's name

  BlobStore& store() const { return account->store(); }
  LateChanges& late() const { return account->late(); }
  // Stable over remounts. `path` decides when the store has no file id.
  uint64_t InodeOf(uint64_t file_id, std::string_view path) const;
  // For a file that is not committed yet; 0 when the store has no file ids.
  Result<uint64_t> NewFileId() EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  uint64_t next_file_id_ GUARDED_BY(mutex_) = 0;
  uint64_t file_ids_left_ GUARDED_BY(mutex_) = 0;
};

// The first eight bytes of a hash: for names that have no number of their own.
uint64_t StableHash(std::string_view text);

}  // namespace replicafs
