#include "backend/blob/names.h"

#include <algorithm>

#include "backend/blob/utf8.h"

namespace replicafs {
namespace {

bool IsLowerOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalid, std::move(message)};
}

Error TooLong(std::string_view name, const std::string& why) {
  constexpr size_t kShownBytes = 40;
  size_t shown = std::min(name.size(), kShownBytes);
  while (shown < name.size() && (static_cast<uint8_t>(name[shown]) & 0xC0) == 0x80) --shown;
  return Error{ErrorCode::kNameTooLong,
               "the blob name '" + std::string(name.substr(0, shown)) + "…' has " + why};
}

size_t LongestComponentBytes(std::string_view name) {
  size_t longest = 0;
  for (;;) {
    const size_t slash = name.find('/');
    longest = std::max(longest, name.substr(0, slash).size());
    if (slash == std::string_view::npos) return longest;
    name.remove_prefix(slash + 1);
  }
}

}  // namespace

Status ValidateAccountName(std::string_view name) {
  bool fine = name.size() >= 3 && name.size() <= 24;
  for (const char c : name) fine = fine && IsLowerOrDigit(c);
  if (fine) return Ok();
  return Invalid("'" + std::string(name) +
                 "' is not an account name: it takes 3 to 24 lower-case letters and digits");
}

Status ValidateContainerName(std::string_view name) {
  bool fine = name.size() >= 3 && name.size() <= 63 && IsLowerOrDigit(name.front()) &&
              IsLowerOrDigit(name.back());
  for (size_t i = 0; fine && i < name.size(); ++i) {
    fine = IsLowerOrDigit(name[i]) || (name[i] == '-' && name[i - 1] != '-');
  }
  if (fine) return Ok();
  return Invalid(
      "'" + std::string(name) +
      "' is not a container name: it takes 3 to 63 lower-case letters, digits and single hyphens, "
      "beginning and ending with a letter or digit");
}

Status ValidateBlobName(std::string_view name, const NameLimits& limits) {
  if (name.empty()) return Invalid("a blob's name cannot be empty");
  if (name.find('\0') != std::string_view::npos)
    return Invalid("a blob's name cannot contain U+0000");
  if (!IsUtf8(name)) return Invalid("a blob's name must be UTF-8");
  if (Utf16Length(name) > limits.max_chars)
    return TooLong(name, "more than " + std::to_string(limits.max_chars) + " characters");
  if (limits.component_max_bytes == 0 || LongestComponentBytes(name) <= limits.component_max_bytes)
    return Ok();
  return TooLong(name, "a part between slashes of more than " +
                           std::to_string(limits.component_max_bytes) + " bytes");
}

Status ValidateMetadataKey(std::string_view key) {
  bool fine = !key.empty() && !(key[0] >= '0' && key[0] <= '9');
  for (const char c : key) fine = fine && (IsLowerOrDigit(c) || c == '_');
  if (fine) return Ok();
  return Invalid("'" + std::string(key) +
                 "' is not a metadata name: it takes lower-case letters, digits and underscores, "
                 "and no digit first");
}

std::string ToString(const BlobPath& path) {
  return path.container + "/" + path.name;
}

}  // namespace replicafs
