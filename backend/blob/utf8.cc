#include "backend/blob/utf8.h"

#include <cstdint>

namespace replicafs {
namespace {

bool InRange(uint8_t byte, uint8_t low, uint8_t high) {
  return byte >= low && byte <= high;
}

}  // namespace

// RFC 3629, section 4: the second byte's range depends on the first; all others are 80..BF.
size_t Utf8CharacterBytes(std::string_view text) {
  if (text.empty()) return 0;
  const auto at = [&](size_t i) {
    return i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{0};
  };
  const auto tail = [&](size_t i) { return InRange(at(i), 0x80, 0xBF); };
  const uint8_t first = at(0);
  if (first < 0x80) return 1;
  if (InRange(first, 0xC2, 0xDF)) return tail(1) ? 2 : 0;
  if (InRange(first, 0xE0, 0xEF)) {
    const uint8_t low = first == 0xE0 ? 0xA0 : 0x80;
    const uint8_t high = first == 0xED ? 0x9F : 0xBF;
    return InRange(at(1), low, high) && tail(2) ? 3 : 0;
  }
  if (InRange(first, 0xF0, 0xF4)) {
    const uint8_t low = first == 0xF0 ? 0x90 : 0x80;
    const uint8_t high = first == 0xF4 ? 0x8F : 0xBF;
    return InRange(at(1), low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t bytes = Utf8CharacterBytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

size_t Utf16Length(std::string_view text) {
  size_t units = 0;
  while (!text.empty()) {
    const size_t bytes = Utf8CharacterBytes(text);
    units += bytes == 4 ? 2 : 1;
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return units;
}

}  // namespace replicafs
