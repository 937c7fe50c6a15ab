// CRC-32C (Castagnoli; RFC 3720, appendix B.4), which x86 computes in hardware.
#pragma once

#include <cstdint>
#include <string_view>

namespace replicafs {

// Of `bytes`, behind what `before` is the CRC of.
uint32_t Crc32c(std::string_view bytes, uint32_t before = 0);

}  // namespace replicafs
