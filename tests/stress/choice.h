// Reproducible choices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace replicafs {

class Choice {
 public:
  explicit Choice(uint64_t seed) : random_(seed) {}
  size_t Below(size_t bound) { return static_cast<size_t>(random_() % bound); }
  bool OneIn(size_t n) { return Below(n) == 0; }
  std::string Bytes(size_t size);

 private:
  std::mt19937_64 random_;
};

struct Range {
  size_t offset = 0;
  size_t length = 0;
  size_t end() const { return offset + length; }
};

// Where operations fall: often at the beginning, at pages, and around multiples of 4 MiB.
Range ChooseRange(Choice& choice, size_t max_size);

}  // namespace replicafs
