// BlobStore::Apply: validation and hashing before the transaction, all changes inside it. What
// brings no new content may use the room that is held for a full disk.
#pragma once

#include <cstdint>
#include <vector>

#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/mutation.h"
#include "backend/embedded/block_files.h"
#include "backend/embedded/change.h"
#include "backend/embedded/reserve.h"
#include "backend/embedded/schema.h"
#include "backend/embedded/service_side.h"
#include "backend/lmdb/environment.h"

namespace replicafs::embedded {

// Thread-safe; concurrent lists share a commit.
class Applier {
 public:
  Applier(lmdb::Environment& environment, const Tables& tables, const BlockFiles& files,
          const Reserve& reserve, const Clock& clock, uint64_t inline_max_bytes, bool has_service)
      : environment_(environment),
        tables_(tables),
        files_(files),
        reserve_(reserve),
        clock_(clock),
        inline_max_bytes_(inline_max_bytes),
        has_service_(has_service) {}

  Result<std::vector<Outcome>> Apply(const std::vector<Mutation>& mutations, uint64_t writer);
  // All or nothing as well. REQUIRES: no mutation among them brings content.
  Result<std::vector<Outcome>> ApplyForService(const std::vector<ServiceChange>& changes);

 private:
  Status SyncNewBlocks(const std::vector<Mutation>& mutations);
  Result<Change> Begin(lmdb::WriteTransaction& transaction, uint64_t writer) const;

  lmdb::Environment& environment_;
  const Tables& tables_;
  const BlockFiles& files_;
  const Reserve& reserve_;
  const Clock& clock_;
  const uint64_t inline_max_bytes_;
  const bool has_service_;
};

}  // namespace replicafs::embedded
