// Names and their rules (Azure: "Naming and Referencing Containers, Blobs, and Metadata").
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "backend/base/result.h"

namespace replicafs {

constexpr size_t kBlobNameMaxBytes =
    4096;  // Azure counts 1,024 UTF-16 units; UTF-8 needs up to four bytes

// 3 to 24 lower-case letters and digits.
Status ValidateAccountName(std::string_view name);
// 3 to 63 lower-case letters, digits and single hyphens, beginning and ending with a letter or
// digit.
Status ValidateContainerName(std::string_view name);
// 1 to 1,024 characters of UTF-8 without U+0000.
Status ValidateBlobName(std::string_view name);
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
