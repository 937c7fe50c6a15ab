// The bodies of Blob Batch: several requests in one.
// Source: learn.microsoft.com/rest/api/storageservices/blob-batch
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/http/http_client.h"

namespace replicafs::azure {

constexpr size_t kBatchMaxParts = 256;

// The requests' bodies must be empty; each is authorized already.
std::string BatchBody(std::span<const HttpRequest> parts, std::string_view boundary);

// One answer for each of `parts` requests, in their order; nullopt where there is none. kCorrupt:
// no multipart.
Result<std::vector<std::optional<HttpResponse>>> ParseBatchAnswer(const HttpResponse& response,
                                                                  size_t parts);

}  // namespace replicafs::azure
