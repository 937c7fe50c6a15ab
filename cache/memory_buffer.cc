#include "cache/memory_buffer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "cache/write_pool_state.h"

namespace replicafs {

Status MemoryLease::Take(uint64_t bytes) {
  // Nobody waits for memory while holding some that others wait for.
  GiveBack();
  TRY(pool_.Reserve(bytes));
  bytes_ = bytes;
  return Ok();
}

void MemoryLease::TakeAnyway(uint64_t bytes) {
  pool_.ReserveAnyway(bytes);
  bytes_ += bytes;
}

void MemoryLease::Spend(uint64_t bytes) {
  REPLICAFS_CHECK(bytes <= bytes_);
  bytes_ -= bytes;
}

void MemoryLease::GiveBack() {
  if (bytes_ > 0) pool_.Release(std::exchange(bytes_, 0));
}

MemoryBuffer& MemoryBuffer::operator=(MemoryBuffer&& other) noexcept {
  if (this == &other) return *this;
  Free();
  pool_ = other.pool_;
  data_ = std::exchange(other.data_, nullptr);
  size_ = std::exchange(other.size_, 0);
  capacity_ = std::exchange(other.capacity_, 0);
  return *this;
}

void MemoryBuffer::Grow(size_t capacity, MemoryLease& lease) {
  if (capacity <= capacity_) return;
  lease.Spend(capacity - capacity_);
  // realloc moves pages of large buffers instead of copying them.
  void* grown = std::realloc(data_, capacity);
  REPLICAFS_CHECK(grown != nullptr);
  data_ = static_cast<std::byte*>(grown);
  capacity_ = capacity;
}

void MemoryBuffer::ResizeForOverwrite(size_t size) {
  REPLICAFS_CHECK(size <= capacity_);
  size_ = size;
}

void MemoryBuffer::Resize(size_t size) {
  const size_t old = size_;
  ResizeForOverwrite(size);
  if (size > old) std::memset(data_ + old, 0, size - old);
}

void MemoryBuffer::Write(size_t at, ByteSpan bytes) {
  if (at > size_) Resize(at);
  ResizeForOverwrite(std::max(size_, at + bytes.size()));
  std::memcpy(data_ + at, bytes.data(), bytes.size());
}

void MemoryBuffer::Free() {
  std::free(data_);
  data_ = nullptr;
  size_ = 0;
  if (capacity_ > 0) pool_->Release(std::exchange(capacity_, 0));
}

}  // namespace replicafs
