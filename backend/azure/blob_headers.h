// A blob's properties as headers: those that an answer brings, and those that a write sends.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/azure/blob_service.h"
#include "backend/http/http_client.h"

namespace replicafs::azure {

// Of a HEAD or GET of `address`. kCorrupt: what every blob has is missing, or cannot be read.
Result<RemoteBlob> BlobFromHeaders(const BlobAddress& address, const HttpResponse& response);
// Of a write.
Result<Written> WrittenFromHeaders(const HttpResponse& response);
Result<RemoteContainer> ContainerFromHeaders(std::string_view name, const HttpResponse& response);

// What the service gives a blob that nobody gave a type.
constexpr std::string_view kDefaultContentType = "application/octet-stream";

using Headers = std::vector<HttpHeader>;

// Each kInvalid for what cannot be sent: a metadata key by ValidateMetadataKey's rules, a content
// header with characters that are not printable ASCII.
Status AddMetadata(const StringMap& metadata, Headers& headers);
Status AddContentHeaders(const ContentHeaders& content, Headers& headers);
// Without the MD5, which belongs elsewhere in each kind of write.
Status AddProperties(const WriteProperties& properties, Headers& headers);
// What is empty is not sent.
void AddConditions(const Conditions& conditions, Headers& headers);
// x-ms-tags; empty for no tags.
std::string TagsHeader(const StringMap& tags);

// "BlockBlob", … ; nullopt for what is not known here.
std::optional<BlobKind> KindFromWire(std::string_view text);
// 16 bytes in base64.
std::optional<Md5> Md5FromWire(std::string_view text);
// "policy_rule", from "or-policy_rule" or "x-ms-or-policy_rule"; empty for other names.
std::string_view ReplicationRule(std::string_view name);

}  // namespace replicafs::azure
