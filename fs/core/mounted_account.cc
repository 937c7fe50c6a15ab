#include "fs/core/mounted_account.h"

#include <cstring>
#include <utility>

#include "backend/base/digest.h"

namespace replicafs {
namespace {

// Reserved in one step; those not used when the mount ends are lost: 2^48 last longer than any
// disk.
constexpr uint64_t kFileIdsReserved = 4096;
constexpr unsigned kFileIdBits = 48;
constexpr uint64_t kFileIdMask = (uint64_t{1} << kFileIdBits) - 1;

}  // namespace

MountedAccount::MountedAccount(std::shared_ptr<Account> opened, Durability wanted,
                               LateChanges::Maker make, LateChanges::Finisher finish)
    : account(std::make_shared<LateAccount>(std::move(opened), std::move(make), std::move(finish))),
      // A batch that may end half made could not be told from one that was not made.
      durability(account->inner_store().capabilities().atomic_batch ? wanted : Durability::kCommit),
      status(std::make_unique<StatusReader>(account)),
      inode_base(StableHash(account->name()) & ~kFileIdMask) {}

uint64_t MountedAccount::InodeOf(uint64_t file_id, std::string_view path) const {
  const uint64_t number = file_id != 0 ? file_id : StableHash(path);
  return inode_base | (number & kFileIdMask);
}

Result<uint64_t> MountedAccount::NewFileId() {
  MutexLock lock(mutex_);
  if (file_ids_left_ == 0) {
    // The lock is a leaf but for this call, once in thousands of files.
    next_file_id_ = TRY(store().ReserveFileIds(kFileIdsReserved));
    if (next_file_id_ == 0) return 0;
    file_ids_left_ = kFileIdsReserved;
  }
  --file_ids_left_;
  return next_file_id_++;
}

uint64_t StableHash(std::string_view text) {
  const Digest digest = Sha256(AsBytes(text));
  uint64_t hash = 0;
  std::memcpy(&hash, digest.bytes.data(), sizeof hash);
  return hash;
}

}  // namespace replicafs
