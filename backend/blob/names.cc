#include "backend/blob/names.h"

#include "backend/blob/utf8.h"

namespace replicafs {
namespace {

bool IsLowerOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalid, std::move(message)};
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

Status ValidateBlobName(std::string_view name) {
  if (name.empty()) return Invalid("a blob's name cannot be empty");
  if (name.find('\0') != std::string_view::npos)
    return Invalid("a blob's name cannot contain U+0000");
  if (!IsUtf8(name)) return Invalid("a blob's name must be UTF-8");
  if (Utf16Length(name) > 1024) {
    return Error{ErrorCode::kNameTooLong, "the blob name '" + std::string(name.substr(0, 40)) +
                                              "…' has more than 1,024 characters"};
  }
  return Ok();
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
