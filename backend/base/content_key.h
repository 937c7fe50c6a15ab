// A key that a customer gives for the content of blobs, and the cipher it is used with. Beside
// digest.h and hmac.h the only place that knows OpenSSL.
//
// A block is encrypted with AES-256 in counter mode: the ciphertext has the length of the
// plaintext, and any range of it can be decrypted alone. Counter mode is broken by using a counter
// twice under one key for two different plaintexts. That does not happen here: a block's nonce is
// an HMAC of the plaintext's SHA-256, so two blocks have the same nonce only when they are the same
// block, whose ciphertext is the same too; all that shows is that they are equal. Nonces of
// different blocks are as random numbers of 128 bits, of which each block uses as many in a row as
// it has pieces of 16 bytes: that those of two out of 2^32 blocks of 4 MiB overlap has a chance
// below 2^-45.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "backend/base/digest.h"
#include "backend/base/secret_page.h"

namespace replicafs {

// Where a block's counter begins. Stored beside the block; no secret.
struct Nonce {
  std::array<uint8_t, 16> bytes{};
  auto operator<=>(const Nonce&) const = default;
};

// Immutable, so thread-safe. What it keeps of the key lies in a SecretPage; beside that, what the
// ciphers make of it lies in ordinary memory while they work.
class ContentKey {
 public:
  static constexpr size_t kBytes = 32;

  // Copies the bytes; the caller clears its own.
  explicit ContentKey(std::span<const uint8_t, kBytes> bytes);
  ContentKey(const ContentKey&) = delete;
  ContentKey& operator=(const ContentKey&) = delete;

  // Of the bytes as they were given: all that is ever stored of a key.
  const Digest& sha256() const { return sha256_; }
  Nonce NonceOf(ByteSpan plaintext) const;
  // Encrypts or decrypts what lies at `offset` in the block. REQUIRES: `into` is as long as `from`;
  // it may be the same.
  void Crypt(const Nonce& nonce, uint64_t offset, ByteSpan from, std::span<std::byte> into) const;

 private:
  using Secret = std::span<uint8_t, kBytes>;

  Digest sha256_;
  // HMACs of their purpose with the key, in `page_`: one key for each algorithm.
  SecretPage page_;
  const Secret cipher_key_;
  const Secret nonce_key_;
};

// AES-256 in counter mode (NIST SP 800-38A, 6.5), beginning `offset` bytes after the counter.
void AesCounterMode(std::span<const uint8_t, ContentKey::kBytes> key, const Nonce& counter,
                    uint64_t offset, ByteSpan from, std::span<std::byte> into);

// Overwrites what must not stay in memory.
void ClearSecret(std::span<char> bytes);

}  // namespace replicafs
