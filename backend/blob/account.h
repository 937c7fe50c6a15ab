// An open storage account.
#pragma once

#include <string>

#include "backend/blob/blob_store.h"
#include "backend/blob/journal.h"

namespace replicafs {

class Account {
 public:
  virtual ~Account() = default;
  virtual const std::string& name() const = 0;
  virtual BlobStore& store() = 0;
  virtual Journal& journal() = 0;
  // A directory on this machine for lock files and scratch space of this account.
  virtual const std::string& local_directory() const = 0;
};

}  // namespace replicafs
