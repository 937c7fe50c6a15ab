#include "backend/base/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace replicafs {
namespace {

constexpr uint32_t kPolynomial = 0x82F63B78;  // bits in reverse

constexpr std::array<uint32_t, 256> MakeTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < table.size(); ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0);
    table[byte] = value;
  }
  return table;
}

constexpr std::array<uint32_t, 256> kTable = MakeTable();

uint32_t Portable(std::string_view bytes, uint32_t state) {
  for (const char byte : bytes)
    state = (state >> 8) ^ kTable[(state ^ static_cast<uint8_t>(byte)) & 0xFF];
  return state;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) uint32_t Hardware(std::string_view bytes, uint32_t state) {
  uint64_t wide = state;
  while (bytes.size() >= sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof(word));
    wide = _mm_crc32_u64(wide, word);
    bytes.remove_prefix(sizeof(word));
  }
  state = static_cast<uint32_t>(wide);
  if (bytes.size() >= sizeof(uint32_t)) {
    uint32_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof(word));
    state = _mm_crc32_u32(state, word);
    bytes.remove_prefix(sizeof(word));
  }
  for (const char byte : bytes) state = _mm_crc32_u8(state, static_cast<uint8_t>(byte));
  return state;
}

const bool kHasHardware = __builtin_cpu_supports("sse4.2") != 0;
#endif

}  // namespace

uint32_t Crc32c(std::string_view bytes, uint32_t before) {
#if defined(__x86_64__)
  if (kHasHardware) return ~Hardware(bytes, ~before);
#endif
  return ~Portable(bytes, ~before);
}

}  // namespace replicafs
