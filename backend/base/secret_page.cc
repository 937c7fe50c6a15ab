#include "backend/base/secret_page.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace replicafs {

SecretPage::SecretPage() {
  const auto size = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  void* page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REPLICAFS_CHECK(page != MAP_FAILED);
  REPLICAFS_CHECK(::madvise(page, size, MADV_DONTDUMP) == 0);
  // Where the limit does not allow it the page may be swapped.
  [[maybe_unused]] const int locked = ::mlock(page, size);
  bytes_ = {static_cast<uint8_t*>(page), size};
}

SecretPage::~SecretPage() {
  ::explicit_bzero(bytes_.data(), bytes_.size());
  ::munmap(bytes_.data(), bytes_.size());
}

Status ForbidDumps() {
  // A program that the kernel pipes dumps to is started in spite of the limit, but not for a
  // process that may not be dumped.
  const struct rlimit none {};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) return ErrnoError("set the limit of dumps", errno);
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return ErrnoError("forbid dumps", errno);
  return Ok();
}

}  // namespace replicafs
