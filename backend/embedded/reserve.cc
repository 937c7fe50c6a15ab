#include "backend/embedded/reserve.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "backend/base/log.h"

namespace replicafs::embedded {
namespace {

Result<UniqueFd> OpenReserve(const std::string& path, uint64_t bytes) {
  if (bytes == 0) return UniqueFd();
  return OpenFile(path, O_RDWR | O_CREAT);
}

}  // namespace

Reserve::Reserve(const std::string& account_directory, uint64_t bytes) : bytes_(bytes) {
  auto file = OpenReserve(account_directory + "/reserve", bytes);
  if (!file) {
    Log(LogLevel::kWarning, "no room is held for a full disk: {}", file.error().message);
    return;
  }
  file_ = std::move(*file);
  if (!file_.valid() || MissingBytes() == 0 || TakeBack() || errno == ENOSPC) return;
  Log(LogLevel::kInfo, "no room is held for a full disk: the file system does not promise any");
  file_.Reset();
}

uint64_t Reserve::MissingBytes() const {
  struct stat stat {};
  if (!file_.valid() || ::fstat(file_.get(), &stat) != 0) return 0;
  return bytes_ - std::min(bytes_, static_cast<uint64_t>(stat.st_size));
}

// Leaves the reason in errno.
bool Reserve::TakeBack() const {
  if (::fallocate(file_.get(), 0, 0, static_cast<off_t>(bytes_)) == 0) return true;
  const int reason = errno;
  // Some of it helps nobody here.
  if (::ftruncate(file_.get(), 0) != 0) Log(LogLevel::kWarning, "cannot cut the reserve");
  errno = reason;
  return false;
}

Status Reserve::Require() const {
  if (MissingBytes() == 0 || TakeBack()) return Ok();
  return ErrnoError("store new content", errno);
}

bool Reserve::GiveUp() const {
  if (!file_.valid() || MissingBytes() > 0) return false;
  return ::ftruncate(file_.get(), 0) == 0;
}

Status UpdateWithReserve(lmdb::Environment& environment, const Reserve& reserve,
                         const lmdb::WriteFunction& run) {
  Status done = environment.Update(run);
  if (done || done.error().code != ErrorCode::kNoSpace || !reserve.GiveUp()) return done;
  return environment.Update(run);
}

}  // namespace replicafs::embedded
