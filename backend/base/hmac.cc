#include "backend/base/hmac.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "backend/base/result.h"

namespace replicafs {

Digest HmacSha256(std::span<const uint8_t> key, ByteSpan bytes) {
  Digest mac;
  HmacSha256(key, bytes, mac.bytes);
  return mac;
}

void HmacSha256(std::span<const uint8_t> key, ByteSpan bytes, std::span<uint8_t, 32> mac) {
  unsigned int length = 0;
  // OpenSSL takes no null pointer for a key, not even for an empty one.
  const uint8_t none = 0;
  REPLICAFS_CHECK(HMAC(EVP_sha256(), key.empty() ? &none : key.data(), static_cast<int>(key.size()),
                       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                       mac.data(), &length) != nullptr);
  REPLICAFS_CHECK(length == mac.size());
}

}  // namespace replicafs
