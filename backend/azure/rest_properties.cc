#include <utility>

#include "backend/azure/blob_headers.h"
#include "backend/azure/rest_blob_service.h"
#include "backend/azure/tags_xml.h"

namespace replicafs::azure {
Result<Written> RestBlobService::SetMetadata(const BlobAddress& address, const StringMap& metadata,
                                             const Conditions& conditions) {
  RestCall call = TRY(BlobCall("set metadata of", address, Asked::kWriteBlob));
  call.method = "PUT";
  call.query.push_back({"comp", "metadata"});
  TRY(AddMetadata(metadata, call.headers));
  AddConditions(conditions, call.headers);
  return Resolve(client_.Send(call), address,
                 [&](const RemoteBlob& blob) { return blob.metadata == metadata; });
}

Result<Written> RestBlobService::SetHeaders(const BlobAddress& address,
                                            const ContentHeaders& headers,
                                            const std::optional<Md5>& content_md5,
                                            const Conditions& conditions) {
  RestCall call = TRY(BlobCall("set headers of", address, Asked::kWriteBlob));
  call.method = "PUT";
  call.query.push_back({"comp", "properties"});
  // Only where it gets at least one of them does the service clear the others.
  ContentHeaders sent = headers;
  if (sent.content_type.empty()) sent.content_type = kDefaultContentType;
  TRY(AddContentHeaders(sent, call.headers));
  if (content_md5) call.headers.push_back({"x-ms-blob-content-md5", ToBase64(*content_md5)});
  AddConditions(conditions, call.headers);
  return Resolve(client_.Send(call), address, [&](const RemoteBlob& blob) {
    return blob.headers == sent && blob.content_md5 == content_md5;
  });
}

Status RestBlobService::SetTags(const BlobAddress& address, const StringMap& tags) {
  RestCall call = TRY(BlobCall("set tags of", address, Asked::kChangeBlob));
  const std::string xml = TagsXml(tags);
  call.method = "PUT";
  call.query.push_back({"comp", "tags"});
  call.headers = {{"Content-Type", "application/xml"},
                  {"Content-MD5", ToBase64(Md5Of(AsBytes(xml)))}};
  call.body = AsBytes(xml);
  TRY(client_.Answer(call));
  return Ok();
}

Status RestBlobService::SetTier(const BlobAddress& address, Tier tier) {
  RestCall call = TRY(BlobCall("set the tier of", address, Asked::kChangeBlob));
  call.method = "PUT";
  call.query.push_back({"comp", "tier"});
  call.headers = {{"x-ms-access-tier", std::string(ToString(tier))}};
  TRY(client_.Answer(call));
  return Ok();
}

Result<std::string> RestBlobService::Snapshot(const BlobAddress& address, const StringMap& metadata,
                                              const Conditions& conditions) {
  RestCall call = TRY(BlobCall("snapshot", address, Asked::kChangeBlob));
  call.method = "PUT";
  call.query.push_back({"comp", "snapshot"});
  TRY(AddMetadata(metadata, call.headers));
  AddConditions(conditions, call.headers);
  const HttpResponse response = TRY(client_.Answer(call));
  const auto id = response.Header("x-ms-snapshot");
  if (!id)
    return Error{ErrorCode::kCorrupt, "snapshot '" + call.subject + "': the answer names none"};
  return std::string(*id);
}

}  // namespace replicafs::azure
