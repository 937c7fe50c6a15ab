// The directory that an account's data is made in: either it becomes the account's, or nothing of
// it stays.
#pragma once

#include <string>

#include "backend/base/result.h"

namespace replicafs {

class DataDirectory {
 public:
  // Makes `path`, which must not exist or be empty (kExists otherwise). What a crashed attempt left
  // in it is removed first: it is marked by a file until Keep.
  static Result<DataDirectory> Prepare(std::string path);
  DataDirectory(DataDirectory&& other) noexcept;
  DataDirectory& operator=(DataDirectory&&) = delete;
  ~DataDirectory();  // empties it again, unless it was kept

  const std::string& path() const { return path_; }
  Status Keep();

 private:
  explicit DataDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;  // empty: nothing to undo
};

}  // namespace replicafs
