// BlobStore::List and ListNames.
#pragma once

#include "backend/base/result.h"
#include "backend/blob/blob_store.h"
#include "backend/embedded/schema.h"
#include "backend/lmdb/transaction.h"

namespace replicafs::embedded {

Result<ListPage> List(const lmdb::Transaction& transaction, const Tables& tables,
                      const ListRequest& request);
Result<NamePage> ListNames(const lmdb::Transaction& transaction, const Tables& tables,
                           const ListNamesRequest& request);

}  // namespace replicafs::embedded
