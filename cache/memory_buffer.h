// Bytes in memory that count in a pool's budget.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "backend/base/digest.h"
#include "backend/base/result.h"

namespace replicafs {

class WritePoolState;

// A part of the budget that no buffer uses yet; given back at the end.
class MemoryLease {
 public:
  explicit MemoryLease(WritePoolState& pool) : pool_(pool) {}
  ~MemoryLease() { GiveBack(); }
  MemoryLease(const MemoryLease&) = delete;
  MemoryLease& operator=(const MemoryLease&) = delete;

  uint64_t bytes() const { return bytes_; }
  // Exchanges what it has; see WritePoolState::Reserve.
  Status Take(uint64_t bytes);
  void TakeAnyway(uint64_t bytes);
  // Hands the bytes over to who will release them. REQUIRES: bytes <= bytes().
  void Spend(uint64_t bytes);
  void GiveBack();

 private:
  WritePoolState& pool_;
  uint64_t bytes_ = 0;
};

// Grows without touching what it does not hold yet. Not thread-safe.
class MemoryBuffer {
 public:
  explicit MemoryBuffer(WritePoolState& pool) : pool_(&pool) {}
  ~MemoryBuffer() { Free(); }
  MemoryBuffer(MemoryBuffer&& other) noexcept
      : pool_(other.pool_),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  MemoryBuffer& operator=(MemoryBuffer&& other) noexcept;

  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  ByteSpan bytes() const { return {data_, size_}; }
  std::span<std::byte> bytes() { return {data_, size_}; }

  // Pays for the difference out of the lease.
  void Grow(size_t capacity, MemoryLease& lease);
  // The new bytes are zeros. REQUIRES: size <= capacity().
  void Resize(size_t size);
  // Copies to `at`; bytes between the end and `at` become zeros. REQUIRES: it fits capacity().
  void Write(size_t at, ByteSpan bytes);
  // As Resize, but the new bytes are anything.
  void ResizeForOverwrite(size_t size);
  void Free();

 private:
  WritePoolState* pool_;
  std::byte* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace replicafs
