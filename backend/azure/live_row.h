// What the service has live at a name, as far as this account knows: a state row of its local side.
//
//   azure/live/<container>/<40 hexadecimal digits of the name's SHA-256>  =
//     <ETag> LF <1 when the blob has tags, else 0> LF <ticks of the local version that it holds>
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backend/base/result.h"
#include "backend/blob/names.h"
#include "backend/blob/version_id.h"

namespace replicafs::azure {

// The state rows of the local side that are this folder's own begin with it, and nobody else sees
// them.
constexpr std::string_view kOwnRows = "azure/";

struct LiveRow {
  std::string etag;
  bool has_tags = false;
  VersionId version;

  bool operator==(const LiveRow&) const = default;
};

std::string LiveKey(const BlobPath& path);
// Of all names in a container.
std::string LivePrefix(const std::string& container);

// A row that stands for as long as the service is known to have the container. Its value is empty.
std::string ContainerKey(const std::string& container);

std::string Encode(const LiveRow& row);
// The same without the version, for one that has none yet.
std::string EncodeStart(const LiveRow& row);
// kCorrupt.
Result<LiveRow> DecodeLiveRow(const std::string& text);

}  // namespace replicafs::azure
