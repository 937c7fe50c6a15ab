#include "backend/lmdb/map_pages.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cinttypes>
#include <cstdio>
#include <sstream>

#include "backend/base/unique_fd.h"

namespace replicafs::lmdb {
namespace {

// Of all files that the process maps; 0 when it cannot be told.
uint64_t MappedBytes() {
  const Result<UniqueFd> file = OpenFile("/proc/self/statm", O_RDONLY);
  std::array<char, 256> text{};
  if (!file || ::pread(file->get(), text.data(), text.size() - 1, 0) <= 0) return 0;
  uint64_t size = 0;
  uint64_t resident = 0;
  uint64_t shared = 0;
  if (std::sscanf(text.data(), "%" SCNu64 " %" SCNu64 " %" SCNu64, &size, &resident, &shared) != 3)
    return 0;
  return shared * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

void MapPages::Locate(const std::string& file) {
  MutexLock lock(mutex_);
  begin_ = nullptr;
  size_ = 0;
  if (file.empty()) return;
  std::istringstream lines(ReadWholeFile("/proc/self/maps").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    uintptr_t begin = 0;
    uintptr_t end = 0;
    if (!line.ends_with(" " + file) ||
        std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR, &begin, &end) != 2)
      continue;
    begin_ = reinterpret_cast<void*>(begin);
    size_ = end - begin;
  }
}

void MapPages::TransactionEnded() {
  if (++ended_ % kLookEvery != 0 || MappedBytes() <= most_bytes_) return;
  MutexLock lock(mutex_);
  // The map is shared and only read: what is needed again comes from the kernel's cache.
  if (begin_ != nullptr) ::madvise(begin_, size_, MADV_DONTNEED);
}

}  // namespace replicafs::lmdb
