// Names and their rules (Azure: "Naming and Referencing Containers, Blobs, and Metadata").
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "backend/base/result.h"

namespace replicafs {

// What a store takes as a blob's name.
struct NameLimits {
  size_t max_chars = 1024;         // UTF-16 units; Azure's limit
  size_t component_max_bytes = 0;  // longest part between slashes; 0: no limit of its own
};

// 3 to 24 lower-case letters and digits.
Status ValidateAccountName(std::string_view name);
// 3 to 63 lower-case letters, digits and single hyphens, beginning and ending with a letter or
// digit.
Status ValidateContainerName(std::string_view name);
// UTF-8 without U+0000, not empty: kInvalid. Within the limits: kNameTooLong.
Status ValidateBlobName(std::string_view name, const NameLimits& limits);
// A metadata or tag key: a C# identifier in ASCII; lower case here, because Azure ignores its case.
Status ValidateMetadataKey(std::string_view key);

// Where a blob lies in an account.
struct BlobPath {
  std::string container;
  std::string name;

  auto operator<=>(const BlobPath&) const = default;
};

// "photos/a/b.txt"
std::string ToString(const BlobPath& path);

}  // namespace replicafs
