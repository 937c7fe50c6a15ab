#include "fs/core/user_xattrs.h"

#include <cstdint>
#include <span>

#include "backend/base/digest.h"

namespace replicafs {
namespace {

constexpr std::string_view kKeyPrefix = "xattr_";

std::span<const uint8_t> Octets(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string KeyOf(std::string_view name) {
  return std::string(kKeyPrefix) + ToHex(Octets(name.substr(kUserPrefix.size())));
}

int HexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

// nullopt for keys that KeyOf does not make.
std::optional<std::string> NameOf(std::string_view key) {
  if (!IsUserXattrKey(key)) return std::nullopt;
  key.remove_prefix(kKeyPrefix.size());
  if (key.empty() || key.size() % 2 != 0) return std::nullopt;
  std::string name(kUserPrefix);
  for (size_t i = 0; i < key.size(); i += 2) {
    const int high = HexDigit(key[i]);
    const int low = HexDigit(key[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    name += static_cast<char>(high * 16 + low);
  }
  return name;
}

}  // namespace

std::optional<std::string> UserXattr(const StringMap& metadata, std::string_view name) {
  const auto found = metadata.find(KeyOf(name));
  if (found == metadata.end()) return std::nullopt;
  return FromBase64(found->second);
}

std::vector<std::string> UserXattrNames(const StringMap& metadata) {
  std::vector<std::string> names;
  for (const auto& [key, value] : metadata) {
    if (auto name = NameOf(key)) names.push_back(std::move(*name));
  }
  return names;
}

void SetUserXattr(StringMap& metadata, std::string_view name, std::string_view value) {
  metadata.insert_or_assign(KeyOf(name), ToBase64(Octets(value)));
}

bool RemoveUserXattr(StringMap& metadata, std::string_view name) {
  return metadata.erase(KeyOf(name)) > 0;
}

bool IsUserXattrKey(std::string_view key) {
  return key.starts_with(kKeyPrefix);
}

}  // namespace replicafs
