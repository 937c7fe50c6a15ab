#include "backend/base/content_key.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "backend/base/hmac.h"
#include "backend/base/result.h"

namespace replicafs {
namespace {

constexpr size_t kCounterBytes = 16;
constexpr size_t kStepBytes = size_t{1} << 30;  // OpenSSL counts in int

// The counter as a big-endian number.
Nonce Plus(Nonce counter, uint64_t steps) {
  for (size_t i = counter.bytes.size(); i > 0 && steps > 0; --i) {
    const uint64_t sum = counter.bytes[i - 1] + (steps & 0xFF);
    counter.bytes[i - 1] = static_cast<uint8_t>(sum);
    steps = (steps >> 8) + (sum >> 8);
  }
  return counter;
}

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

void Update(EVP_CIPHER_CTX* context, const std::byte* from, std::byte* into, size_t size) {
  int written = 0;
  REPLICAFS_CHECK(EVP_EncryptUpdate(context, reinterpret_cast<unsigned char*>(into), &written,
                                    reinterpret_cast<const unsigned char*>(from),
                                    static_cast<int>(size)) == 1);
  REPLICAFS_CHECK(static_cast<size_t>(written) == size);
}

}  // namespace

ContentKey::ContentKey(std::span<const uint8_t, kBytes> bytes)
    : sha256_(Sha256(std::as_bytes(std::span<const uint8_t>(bytes)))),
      cipher_key_(page_.bytes().first<kBytes>()),
      nonce_key_(page_.bytes().subspan<kBytes, kBytes>()) {
  HmacSha256(bytes, AsBytes("replicafs content: cipher"), cipher_key_);
  HmacSha256(bytes, AsBytes("replicafs content: nonce"), nonce_key_);
}

Nonce ContentKey::NonceOf(ByteSpan plaintext) const {
  const Digest digest = Sha256(plaintext);
  const Digest mac = HmacSha256(nonce_key_, std::as_bytes(std::span(digest.bytes)));
  Nonce nonce;
  std::copy_n(mac.bytes.begin(), nonce.bytes.size(), nonce.bytes.begin());
  return nonce;
}

void ContentKey::Crypt(const Nonce& nonce, uint64_t offset, ByteSpan from,
                       std::span<std::byte> into) const {
  AesCounterMode(cipher_key_, nonce, offset, from, into);
}

void AesCounterMode(std::span<const uint8_t, ContentKey::kBytes> key, const Nonce& counter,
                    uint64_t offset, ByteSpan from, std::span<std::byte> into) {
  REPLICAFS_CHECK(from.size() == into.size());
  const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context(EVP_CIPHER_CTX_new());
  REPLICAFS_CHECK(context != nullptr);
  const Nonce first = Plus(counter, offset / kCounterBytes);
  REPLICAFS_CHECK(EVP_EncryptInit_ex(context.get(), EVP_aes_256_ctr(), nullptr, key.data(),
                                     first.bytes.data()) == 1);
  // What the counter's first piece has before the offset.
  std::array<std::byte, kCounterBytes> skipped{};
  Update(context.get(), skipped.data(), skipped.data(), offset % kCounterBytes);
  OPENSSL_cleanse(skipped.data(), skipped.size());
  for (size_t done = 0; done < from.size();) {
    const size_t size = std::min(from.size() - done, kStepBytes);
    Update(context.get(), from.data() + done, into.data() + done, size);
    done += size;
  }
}

void ClearSecret(std::span<char> bytes) {
  OPENSSL_cleanse(bytes.data(), bytes.size());
}

}  // namespace replicafs
