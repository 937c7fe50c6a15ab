// Content hashes. Beside content_key.h and hmac.h the only place that knows OpenSSL.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;
using EVP_MD_CTX = evp_md_ctx_st;

namespace replicafs {

using ByteSpan = std::span<const std::byte>;

inline ByteSpan AsBytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string_view AsText(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// SHA-256 of a block's bytes: the block's name everywhere.
struct Digest {
  std::array<uint8_t, 32> bytes{};
  auto operator<=>(const Digest&) const = default;
};

struct Md5 {
  std::array<uint8_t, 16> bytes{};
  auto operator<=>(const Md5&) const = default;
};

Digest Sha256(ByteSpan bytes);

// SHA-256 of bytes that come piece by piece. Not thread-safe.
class Sha256Hasher {
 public:
  Sha256Hasher();
  ~Sha256Hasher();
  Sha256Hasher(const Sha256Hasher&) = delete;
  Sha256Hasher& operator=(const Sha256Hasher&) = delete;

  void Update(ByteSpan bytes);
  Digest Finish();  // once, at the end

 private:
  EVP_MD_CTX* context_;
};

Md5 Md5Of(ByteSpan bytes);

std::string ToHex(std::span<const uint8_t> bytes);
std::string ToBase64(std::span<const uint8_t> bytes);
// nullopt when the text is not base64 with its padding.
std::optional<std::string> FromBase64(std::string_view text);
// 64 hexadecimal digits, as in a block's file name.
std::optional<Digest> DigestFromHex(std::string_view text);

inline std::string ToHex(const Digest& digest) {
  return ToHex(std::span<const uint8_t>(digest.bytes));
}
inline std::string ToBase64(const Md5& md5) {
  return ToBase64(std::span<const uint8_t>(md5.bytes));
}
// 44 characters: a block's id on the wire.
inline std::string BlockId(const Digest& digest) {
  return ToBase64(std::span<const uint8_t>(digest.bytes));
}

struct DigestHash {
  size_t operator()(const Digest& digest) const {
    size_t value = 0;
    std::memcpy(&value, digest.bytes.data(), sizeof value);
    return value;
  }
};

// A random (version 4) GUID in lower case: "5a3c1e9c-…".
std::string NewGuid();
uint64_t RandomU64();

}  // namespace replicafs
