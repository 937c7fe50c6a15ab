// Keyed hashes.
#pragma once

#include <cstdint>
#include <span>

#include "backend/base/digest.h"

namespace replicafs {

// RFC 2104 with SHA-256.
Digest HmacSha256(std::span<const uint8_t> key, ByteSpan bytes);
// The same into memory of the caller's, for what is to be a secret.
void HmacSha256(std::span<const uint8_t> key, ByteSpan bytes, std::span<uint8_t, 32> mac);

}  // namespace replicafs
