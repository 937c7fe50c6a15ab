#include "backend/azure/live_row.h"

#include <charconv>

#include "backend/base/digest.h"

namespace replicafs::azure {
namespace {

constexpr size_t kDigestChars = 40;

}  // namespace

std::string LivePrefix(const std::string& container) {
  return std::string(kOwnRows) + "live/" + container + "/";
}

std::string ContainerKey(const std::string& container) {
  return std::string(kOwnRows) + "container/" + container;
}

std::string LiveKey(const BlobPath& path) {
  return LivePrefix(path.container) + ToHex(Sha256(AsBytes(path.name))).substr(0, kDigestChars);
}

std::string EncodeStart(const LiveRow& row) {
  return row.etag + (row.has_tags ? "\n1\n" : "\n0\n");
}

std::string Encode(const LiveRow& row) {
  return EncodeStart(row) + std::to_string(row.version.ticks);
}

Result<LiveRow> DecodeLiveRow(const std::string& text) {
  const Error damaged{ErrorCode::kCorrupt, "a row of what the service has live is damaged"};
  const size_t first = text.find('\n');
  if (first == std::string::npos || text.size() < first + 4 || text[first + 2] != '\n')
    return damaged;
  LiveRow row{.etag = text.substr(0, first), .has_tags = text[first + 1] == '1'};
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data() + first + 3, end, row.version.ticks);
  if (error != std::errc() || last != end) return damaged;
  return row;
}

}  // namespace replicafs::azure
