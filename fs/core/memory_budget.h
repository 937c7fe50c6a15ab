// How a mount's memory is divided. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

namespace replicafs {

constexpr uint64_t kMemoryDefaultBytes = uint64_t{256} << 20;
constexpr uint64_t kMemoryLeastBytes = uint64_t{160} << 20;
// Not counted where it is used: requests under way with the program's own, what writers may
// exceed their share by (WritePool::Options), a block for each thread, and pages of mapped files
// (lmdb::Environment::Options::mapped_max_bytes).
constexpr uint64_t kMemoryReservedBytes = uint64_t{120} << 20;

struct MemoryShares {
  uint64_t write_bytes = 0;      // blocks of files under write
  uint64_t node_bytes = 0;       // names that the kernel remembers
  uint64_t directory_bytes = 0;  // pages of open directories, between two requests
};

constexpr MemoryShares DivideMemory(uint64_t budget_bytes) {
  const uint64_t twentieth =
      (std::max(budget_bytes, kMemoryReservedBytes) - kMemoryReservedBytes) / 20;
  return {
      .write_bytes = 12 * twentieth, .node_bytes = 6 * twentieth, .directory_bytes = 1 * twentieth};
}

}  // namespace replicafs
