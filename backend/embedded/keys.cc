#include "backend/embedded/keys.h"

#include <algorithm>

namespace replicafs::embedded {
namespace {

constexpr char kVersionMark = '\0';  // no component holds it
constexpr size_t kVersionTailBytes = 1 + kNumberBytes;

}  // namespace

std::string NumberKey(uint64_t number) {
  std::string key(kNumberBytes, '\0');
  for (size_t i = kNumberBytes; i-- > 0; number >>= 8) key[i] = static_cast<char>(number & 0xFF);
  return key;
}

uint64_t NumberOf(std::string_view key) {
  uint64_t number = 0;
  for (size_t i = 0; i < kNumberBytes; ++i) number = (number << 8) | static_cast<uint8_t>(key[i]);
  return number;
}

std::string EntryKey(uint64_t directory_id, std::string_view component) {
  return NumberKey(directory_id).append(component);
}

std::string VersionKey(uint64_t directory_id, std::string_view component, VersionId version) {
  std::string key = EntryKey(directory_id, component);
  key.push_back(kVersionMark);
  return key.append(NumberKey(static_cast<uint64_t>(version.ticks)));
}

std::string VersionsEnd(uint64_t directory_id, std::string_view component) {
  std::string key = EntryKey(directory_id, component);
  key.push_back(kVersionMark + 1);
  return key;
}

std::string_view ComponentOfVersion(std::string_view key) {
  return key.substr(kNumberBytes, key.size() - kNumberBytes - kVersionTailBytes);
}

VersionId VersionOf(std::string_view key) {
  return VersionId{static_cast<int64_t>(NumberOf(key.substr(key.size() - kNumberBytes)))};
}

bool IsVersionOf(std::string_view key, uint64_t directory_id, std::string_view component) {
  return key.size() == kNumberBytes + component.size() + kVersionTailBytes &&
         NumberOf(key) == directory_id && ComponentOfVersion(key) == component;
}

std::string_view BlockKey(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()};
}

std::string UnreferencedKey(Timestamp since, const Digest& digest) {
  return NumberKey(static_cast<uint64_t>(since.ticks)).append(BlockKey(digest));
}

Timestamp SinceOf(std::string_view unreferenced_key) {
  return Timestamp{static_cast<int64_t>(NumberOf(unreferenced_key))};
}

Digest DigestOf(std::string_view bytes) {
  Digest digest;
  const std::string_view tail = bytes.substr(bytes.size() - digest.bytes.size());
  std::copy(tail.begin(), tail.end(), reinterpret_cast<char*>(digest.bytes.data()));
  return digest;
}

std::string StateKey(std::string_view key) {
  return std::string("s").append(key);
}

}  // namespace replicafs::embedded
