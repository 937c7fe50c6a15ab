// The choices of a model run, from its seed alone.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace replicafs {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  // 0 … limit - 1.
  uint64_t Below(uint64_t limit) { return engine_() % limit; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  template <class T>
  T& Pick(std::vector<T>& from) {
    return from[Below(from.size())];
  }
  template <class T>
  const T& Pick(const std::vector<T>& from) {
    return from[Below(from.size())];
  }
  std::string Bytes() {
    const uint64_t size = OneIn(12) ? Below(200'000) : Below(300);
    // No place is like another: what is shifted is seen.
    std::string bytes(size, '\0');
    uint64_t state = engine_();
    for (char& byte : bytes) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      byte = static_cast<char>('a' + (state >> 33) % 26);
    }
    return bytes;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace replicafs
