#include "backend/base/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "backend/base/unique_fd.h"

namespace replicafs {
namespace {

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

}  // namespace

Result<size_t> ReadPrivateFile(const std::string& path, std::string_view what, FileOwner owner,
                               std::span<std::byte> into) {
  // A FIFO would wait for a writer.
  const UniqueFd file = TRY(OpenFile(path, O_RDONLY | O_NONBLOCK));
  struct stat stat {};
  if (::fstat(file.get(), &stat) != 0) return ErrnoError("stat '" + path + "'", errno);
  const std::string named = "the " + std::string(what) + " '" + path + "'";
  if (!S_ISREG(stat.st_mode)) return Error{ErrorCode::kInvalid, named + " is no regular file"};
  if ((stat.st_mode & kOthers) != 0)
    return Error{ErrorCode::kPermission,
                 named + " may be used by others than its owner: chmod 600 " + path};
  if (owner == FileOwner::kThisUser && stat.st_uid != ::geteuid())
    return Error{ErrorCode::kPermission,
                 named + " belongs to the user " + std::to_string(stat.st_uid) + ": chown " +
                     std::to_string(::geteuid()) + " " + path + " && chmod 600 " + path};
  return ReadFullAt(file.get(), into, 0);
}

}  // namespace replicafs
