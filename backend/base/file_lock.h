// The right to do something on this machine, as a lock on a file, which the kernel releases when
// the process ends, however it ends.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "backend/base/result.h"
#include "backend/base/unique_fd.h"

namespace replicafs {

class FileLock {
 public:
  // Makes the file if need be, in a directory that exists. nullopt when another process, or another
  // FileLock here, has it.
  static Result<std::optional<FileLock>> TryAcquire(const std::string& path);
  // Whether anybody has it now.
  static Result<bool> IsHeld(const std::string& path);

 private:
  explicit FileLock(UniqueFd file) : file_(std::move(file)) {}
  UniqueFd file_;
};

}  // namespace replicafs
