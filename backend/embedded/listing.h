// BlobStore::List and ListNames.
#pragma once

#include "backend/base/result.h"
#include "backend/blob/blob_store.h"
#include "backend/embedded/schema.h"
#include "backend/lmdb/transaction.h"

namespace replicafs::embedded {

// As it is at `now`.
Result<ListPage> List(const lmdb::Transaction& transaction, const Tables& tables,
                      const ListRequest& request, Timestamp now);
Result<NamePage> ListNames(const lmdb::Transaction& transaction, const Tables& tables,
                           const ListNamesRequest& request);

}  // namespace replicafs::embedded
