// Memory for what must not be found in a dump of the process, nor on the disk that it swaps to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "backend/base/result.h"

namespace replicafs {

// A page of its own that a dump leaves out (also one that a debugger makes), and that stays in
// memory as far as RLIMIT_MEMLOCK allows. A child process has the page too, but may swap it: fork
// before there is a secret. Zero in the beginning, cleared in the end.
class SecretPage {
 public:
  SecretPage();
  ~SecretPage();
  SecretPage(const SecretPage&) = delete;
  SecretPage& operator=(const SecretPage&) = delete;

  std::span<uint8_t> bytes() const { return bytes_; }

 private:
  std::span<uint8_t> bytes_;
};

// From now on the kernel dumps nothing of this process when it crashes, and lets root alone look
// into its memory. For a process that is about to hold a secret, which passes through more than its
// page while it is worked with.
Status ForbidDumps();

}  // namespace replicafs
