#include "backend/account/data_directory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "backend/base/unique_fd.h"

namespace replicafs {
namespace {

constexpr char kMarkerName[] = ".replicafs-unfinished";

std::string MarkerOf(const std::string& path) {
  return path + "/" + kMarkerName;
}

Status RemoveChildren(const std::string& path) {
  std::error_code error;
  for (const auto& child : std::filesystem::directory_iterator(path, error)) {
    // The marker goes last: an interrupted removal can be taken up again.
    if (child.path().filename() == kMarkerName) continue;
    std::filesystem::remove_all(child.path(), error);
    if (error) return ErrnoError("remove '" + child.path().string() + "'", error.value());
  }
  if (error) return ErrnoError("read '" + path + "'", error.value());
  std::filesystem::remove(MarkerOf(path), error);
  return Ok();
}

}  // namespace

Result<DataDirectory> DataDirectory::Prepare(std::string path) {
  TRY(MakeDirectories(path));
  if (::access(MarkerOf(path).c_str(), F_OK) == 0) TRY(RemoveChildren(path));
  std::error_code error;
  const bool empty = std::filesystem::is_empty(path, error);
  if (error) return ErrnoError("read '" + path + "'", error.value());
  if (!empty)
    return Error{ErrorCode::kExists,
                 "'" + path + "' is not empty: name a directory that is, or one to be made"};
  DataDirectory directory(std::move(path));
  TRY(OpenFile(MarkerOf(directory.path_), O_WRONLY | O_CREAT));
  TRY(SyncDirectory(directory.path_));
  return directory;
}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

DataDirectory::~DataDirectory() {
  // What cannot be removed now is still marked, so the next attempt removes it.
  if (!path_.empty()) static_cast<void>(RemoveChildren(path_).has_value());
}

Status DataDirectory::Keep() {
  if (::unlink(MarkerOf(path_).c_str()) != 0)
    return ErrnoError("remove '" + MarkerOf(path_) + "'", errno);
  TRY(SyncDirectory(path_));
  path_.clear();
  return Ok();
}

}  // namespace replicafs
