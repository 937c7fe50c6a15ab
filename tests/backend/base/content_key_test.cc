#include "backend/base/content_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace replicafs {
namespace {

std::vector<uint8_t> FromHex(std::string_view text) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < text.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>(std::stoul(std::string(text.substr(i, 2)), nullptr, 16)));
  return bytes;
}

std::array<uint8_t, ContentKey::kBytes> KeyFromHex(std::string_view text) {
  std::array<uint8_t, ContentKey::kBytes> key{};
  const auto bytes = FromHex(text);
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

Nonce NonceFromHex(std::string_view text) {
  Nonce nonce;
  const auto bytes = FromHex(text);
  std::copy(bytes.begin(), bytes.end(), nonce.bytes.begin());
  return nonce;
}

std::span<std::byte> Writable(std::string& text) {
  return std::as_writable_bytes(std::span(text.data(), text.size()));
}

std::string Hex(std::string_view text) {
  return ToHex(std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

ContentKey CountedKey(uint8_t first) {
  std::array<uint8_t, ContentKey::kBytes> bytes{};
  for (uint8_t& byte : bytes) byte = first++;
  return ContentKey(bytes);
}

std::string Crypt(const ContentKey& key, const Nonce& nonce, uint64_t offset, std::string text) {
  key.Crypt(nonce, offset, AsBytes(text), Writable(text));
  return text;
}

// NIST SP 800-38A, F.5.5 and F.5.6.
TEST(AesCounterMode, ExampleOfTheStandardThenItsCiphertext) {
  const auto key = KeyFromHex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
  const Nonce counter = NonceFromHex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
  const auto plain = FromHex(
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
      "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
  std::string text(reinterpret_cast<const char*>(plain.data()), plain.size());

  AesCounterMode(key, counter, 0, AsBytes(text), Writable(text));

  EXPECT_EQ(Hex(text),
            "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
            "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6");
}

TEST(AesCounterMode, CounterThatOverflowsThenItGoesOnFromZero) {
  const auto key = KeyFromHex(std::string(64, '0'));
  const std::string zeros(48, '\0');
  std::string whole = zeros;
  AesCounterMode(key, NonceFromHex(std::string(32, 'f')), 0, AsBytes(whole), Writable(whole));

  std::string from_zero(16, '\0');
  AesCounterMode(key, Nonce{}, 0, AsBytes(from_zero), Writable(from_zero));
  std::string by_offset(16, '\0');
  AesCounterMode(key, NonceFromHex(std::string(30, 'f') + "fe"), 32, AsBytes(by_offset),
                 Writable(by_offset));

  EXPECT_EQ(whole.substr(16, 16), from_zero);
  EXPECT_EQ(by_offset, from_zero);
}

// Computed with another implementation of HMAC, and the ciphertext by the openssl command.
TEST(ContentKey, KnownKeyAndBlockThenKnownNonceAndCiphertext) {
  const ContentKey key = CountedKey(0);
  const std::string text = "The quick brown fox jumps over the lazy dog";

  const Nonce nonce = key.NonceOf(AsBytes(text));

  EXPECT_EQ(ToHex(key.sha256()),
            "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd");
  EXPECT_EQ(ToHex(nonce.bytes), "ee8c622bbdcd35614717da22edb052b7");
  EXPECT_EQ(
      Hex(Crypt(key, nonce, 0, text)),
      "88fdad01609a48fa726919fda4a05446754395ce9f6aca1a75959fe7d73d8a74af6f1b6d6469062c79d240");
}

TEST(ContentKey, AnyRangeThenDecryptedAlone) {
  const ContentKey key = CountedKey(7);
  std::string text;
  for (size_t i = 0; i < 100; ++i) text += static_cast<char>('a' + i % 26);
  const Nonce nonce = key.NonceOf(AsBytes(text));
  const std::string sealed = Crypt(key, nonce, 0, text);

  for (size_t from = 0; from <= text.size(); ++from) {
    for (const size_t size : {0U, 1U, 15U, 16U, 17U, 40U}) {
      EXPECT_EQ(Crypt(key, nonce, from, sealed.substr(from, size)), text.substr(from, size))
          << from << " " << size;
    }
  }
}

TEST(ContentKey, OtherBlocksOrKeysThenOtherNoncesAndTheSameThenTheSame) {
  const ContentKey one = CountedKey(1);
  const ContentKey other = CountedKey(2);

  EXPECT_EQ(one.NonceOf(AsBytes("a")), CountedKey(1).NonceOf(AsBytes("a")));
  EXPECT_NE(one.NonceOf(AsBytes("a")), one.NonceOf(AsBytes("b")));
  EXPECT_NE(one.NonceOf(AsBytes("a")), other.NonceOf(AsBytes("a")));
  EXPECT_NE(Crypt(one, Nonce{}, 0, "text"), Crypt(other, Nonce{}, 0, "text"));
}

}  // namespace
}  // namespace replicafs
