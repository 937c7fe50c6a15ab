// A disk that fails, or loses power, below one directory. The program that links this defines the
// system calls that change files: its definitions come before libc's, for LMDB as well, so nothing
// of the product knows of it. Syncs below the directory take no time; what they would have made
// durable is remembered instead.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace replicafs {

// One at a time in a process.
class FaultDisk {
 public:
  explicit FaultDisk(const std::string& directory);
  ~FaultDisk();
  FaultDisk(const FaultDisk&) = delete;
  FaultDisk& operator=(const FaultDisk&) = delete;

  // The call with this number, from 1 on, fails without having done anything.
  void FailCall(uint64_t number, int error_number);
  // That call and all later ones fail with EIO: there is no power.
  void CutPowerAt(uint64_t number);
  // The directory as it may look when power comes back: of what was not synced, files and
  // directories keep any part.
  void RestorePower(std::mt19937_64& random);

  // From now on files may grow by so much together; what shrinks gives room.
  void SetRoom(uint64_t bytes);

  uint64_t calls() const;
  // "rename", or "" when no call has failed.
  std::string failed_call() const;
};

}  // namespace replicafs
