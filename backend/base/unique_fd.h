// Owned file descriptors, and whole reads and writes on them.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "backend/base/result.h"

namespace replicafs {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) Reset(std::exchange(other.fd_, -1));
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void Reset(int fd = -1);
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

// All retry EINTR and name `path` in their errors; O_CLOEXEC is always added.
Result<UniqueFd> OpenFile(const std::string& path, int flags, mode_t mode = 0600);
// Reads until the span is full or the file ends; the number of bytes read.
Result<size_t> ReadFullAt(int fd, std::span<std::byte> into, uint64_t offset);
Status WriteFullAt(int fd, std::span<const std::byte> bytes, uint64_t offset);
Status SyncData(int fd, const std::string& path);
// Makes the entries of a directory durable.
Status SyncDirectory(const std::string& path);
// Durably, with all that is missing above. kNotDirectory when something else has the name.
Status MakeDirectories(const std::string& path, mode_t mode = 0700);
Result<std::string> ReadWholeFile(const std::string& path);
// Replaces the file at once and durably: a crash leaves the old content or the new.
Status WriteFileAtomically(const std::string& path, std::string_view content, mode_t mode = 0600);

}  // namespace replicafs
