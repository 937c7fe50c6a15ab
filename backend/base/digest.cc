#include "backend/base/digest.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "backend/base/result.h"

namespace replicafs {
namespace {

template <size_t N>
void Hash(const EVP_MD* algorithm, ByteSpan bytes, std::array<uint8_t, N>& out) {
  unsigned int length = 0;
  REPLICAFS_CHECK(EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, algorithm, nullptr) ==
                  1);
  REPLICAFS_CHECK(length == N);
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Digest Sha256(ByteSpan bytes) {
  Digest digest;
  Hash(EVP_sha256(), bytes, digest.bytes);
  return digest;
}

Sha256Hasher::Sha256Hasher() : context_(EVP_MD_CTX_new()) {
  REPLICAFS_CHECK(context_ != nullptr);
  REPLICAFS_CHECK(EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1);
}

Sha256Hasher::~Sha256Hasher() {
  EVP_MD_CTX_free(context_);
}

void Sha256Hasher::Update(ByteSpan bytes) {
  REPLICAFS_CHECK(EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1);
}

Digest Sha256Hasher::Finish() {
  Digest digest;
  unsigned int length = 0;
  REPLICAFS_CHECK(EVP_DigestFinal_ex(context_, digest.bytes.data(), &length) == 1);
  REPLICAFS_CHECK(length == digest.bytes.size());
  return digest;
}

Md5 Md5Of(ByteSpan bytes) {
  Md5 md5;
  Hash(EVP_md5(), bytes, md5.bytes);
  return md5;
}

std::string ToHex(std::span<const uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string ToBase64(std::span<const uint8_t> bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(length));
  return text;
}

std::optional<std::string> FromBase64(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  // EVP_DecodeBlock takes padding anywhere and skips white space.
  const std::string_view digits = text.substr(0, text.size() - padding);
  if (digits.find_first_not_of(kAlphabet) != std::string_view::npos) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  bytes.resize(static_cast<size_t>(length) - padding);
  return bytes;
}

std::optional<Digest> DigestFromHex(std::string_view text) {
  Digest digest;
  if (text.size() != digest.bytes.size() * 2) return std::nullopt;
  for (size_t i = 0; i < digest.bytes.size(); ++i) {
    const int high = HexValue(text[2 * i]);
    const int low = HexValue(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest.bytes[i] = static_cast<uint8_t>(high * 16 + low);
  }
  return digest;
}

std::string NewGuid() {
  std::array<uint8_t, 16> bytes{};
  REPLICAFS_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0F) | 0x40);  // RFC 9562, 5.4: version 4
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3F) | 0x80);  // and its variant
  const std::string hex = ToHex(std::span<const uint8_t>(bytes));
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' +
         hex.substr(16, 4) + '-' + hex.substr(20);
}

uint64_t RandomU64() {
  uint64_t value = 0;
  REPLICAFS_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(&value), sizeof value) == 1);
  return value;
}

}  // namespace replicafs
