#include "fs/fuse/connection.h"

#include <fcntl.h>

#include <optional>
#include <string>

#include "backend/base/digest.h"
#include "backend/base/log.h"
#include "backend/base/unique_fd.h"
#include "fs/fuse/mountpoint.h"

namespace replicafs {
namespace {

constexpr unsigned kMaxWriteBytes = 1U << 20;
constexpr unsigned kMaxReadAheadBytes = 1U << 20;
constexpr unsigned kMaxBackgroundRequests = 64;

// EXPLICIT_INVAL_DATA: the notifier says when cached content is stale, and the core says it at
// each open; a new mtime alone proves nothing.
constexpr unsigned kWanted = FUSE_CAP_ATOMIC_O_TRUNC | FUSE_CAP_READDIRPLUS |
                             FUSE_CAP_READDIRPLUS_AUTO | FUSE_CAP_PARALLEL_DIROPS |
                             FUSE_CAP_ASYNC_READ | FUSE_CAP_CACHE_SYMLINKS |
                             FUSE_CAP_EXPLICIT_INVAL_DATA | FUSE_CAP_SPLICE_WRITE;

// WRITEBACK_CACHE: the kernel would invent sizes and times, and report errors to nobody.
// HANDLE_KILLPRIV: the kernel takes set-user-ID bits away by setattr, which the core understands.
// SPLICE_READ: what is written goes to memory, a pipe between would be one more copy. SPLICE_WRITE
// takes what is read from the block files past our memory.
// ASYNC_DIO: the parts of one large O_DIRECT write would come at once, and those of an append go to
// the end in the order in which they come (S32).
// Locks: the kernel's own serve one mount well.
constexpr unsigned kUnwanted = FUSE_CAP_ASYNC_DIO | FUSE_CAP_AUTO_INVAL_DATA |
                               FUSE_CAP_WRITEBACK_CACHE | FUSE_CAP_HANDLE_KILLPRIV |
                               FUSE_CAP_EXPORT_SUPPORT | FUSE_CAP_SPLICE_READ |
                               FUSE_CAP_SPLICE_MOVE | FUSE_CAP_FLOCK_LOCKS | FUSE_CAP_POSIX_LOCKS;

}  // namespace

void NegotiateConnection(void*, fuse_conn_info* connection) noexcept {
  connection->want |= connection->capable & kWanted;
  connection->want &= ~kUnwanted;
  if ((connection->capable & FUSE_CAP_EXPLICIT_INVAL_DATA) == 0) {
    connection->want |= connection->capable & FUSE_CAP_AUTO_INVAL_DATA;
  }
  connection->max_write = kMaxWriteBytes;
  connection->max_readahead = kMaxReadAheadBytes;
  connection->max_background = kMaxBackgroundRequests;
  connection->congestion_threshold = kMaxBackgroundRequests * 3 / 4;
  connection->time_gran = 1;
}

void RaiseReadAhead(const char* mountpoint) noexcept {
  const Result<std::optional<MountedAt>> mounted = FindMount(mountpoint);
  if (!mounted || !*mounted) return;
  const std::string path = "/sys/class/bdi/" + (*mounted)->device_id + "/read_ahead_kb";
  const Result<UniqueFd> file = OpenFile(path, O_WRONLY);
  const std::string value = std::to_string(kMaxReadAheadBytes >> 10);
  if (!file || !WriteFullAt(file->get(), AsBytes(value), 0)) {
    Log(LogLevel::kDebug, "read-ahead stays at the kernel's default: cannot write {}", path);
  }
}

}  // namespace replicafs
