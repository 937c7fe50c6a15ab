// Memory in whole pages.
#pragma once

#include <sys/mman.h>
#include <sys/types.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>

#include "tests/stress/choice.h"

namespace replicafs {

constexpr size_t kPage = 4096;

inline size_t DownToPage(size_t offset) {
  return offset / kPage * kPage;
}
inline size_t UpToPage(size_t offset) {
  return DownToPage(offset + kPage - 1);
}
inline off_t Off(size_t offset) {
  return static_cast<off_t>(offset);
}

struct Freed {
  void operator()(char* memory) const { std::free(memory); }
};
// What O_DIRECT takes.
using PageBuffer = std::unique_ptr<char, Freed>;
inline PageBuffer MakeBuffer(size_t size) {
  return PageBuffer(static_cast<char*>(std::aligned_alloc(kPage, std::max(UpToPage(size), kPage))));
}

// The pages that hold a range of a file.
class Mapping {
 public:
  Mapping(int fd, const Range& range, int protection)
      : start_(DownToPage(range.offset)), length_(range.end() - start_) {
    memory_ = ::mmap(nullptr, length_, protection, MAP_SHARED, fd, Off(start_));
  }
  ~Mapping() {
    if (valid()) ::munmap(memory_, length_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  bool valid() const { return memory_ != MAP_FAILED; }
  bool Sync() { return ::msync(memory_, length_, MS_SYNC) == 0; }
  char* At(size_t offset) { return static_cast<char*>(memory_) + (offset - start_); }

 private:
  size_t start_;
  size_t length_;
  void* memory_;
};

}  // namespace replicafs
