#include "backend/blob/blob_type.h"

#include <algorithm>
#include <array>

namespace replicafs {
namespace {

// By number of the type.
constexpr std::array<std::string_view, 6> kKeys = {"hdi_isfolder", "is_symlink",  "is_fifo",
                                                   "is_socket",    "is_char_dev", "is_block_dev"};

}  // namespace

std::string_view TypeKey(BlobType type) {
  return type == BlobType::kFile ? std::string_view() : kKeys.at(static_cast<size_t>(type));
}

BlobType TypeSaidBy(std::string_view key, std::string_view value) {
  if (value != "true") return BlobType::kFile;
  const auto found = std::find(kKeys.begin(), kKeys.end(), key);
  return static_cast<BlobType>(found - kKeys.begin());
}

BlobType TypeOf(const StringMap& metadata) {
  for (size_t type = 0; type < kKeys.size(); ++type) {
    const auto found = metadata.find(kKeys.at(type));
    if (found != metadata.end() && found->second == "true") return static_cast<BlobType>(type);
  }
  return BlobType::kFile;
}

}  // namespace replicafs
