#include <utility>

#include "backend/azure/blob_headers.h"
#include "backend/azure/block_list_xml.h"
#include "backend/azure/rest_blob_service.h"

namespace replicafs::azure {

Result<Written> RestBlobService::PutBlob(const BlobAddress& address, ByteSpan bytes,
                                         const WriteProperties& properties,
                                         const Conditions& conditions) {
  RestCall call = TRY(BlobCall("put", address, Asked::kWriteBlob));
  call.method = "PUT";
  call.headers = {{"x-ms-blob-type", "BlockBlob"}, {"Content-MD5", ToBase64(Md5Of(bytes))}};
  TRY(AddProperties(properties, call.headers));
  AddConditions(conditions, call.headers);
  call.body = bytes;
  return Resolve(client_.Send(call), address, ByOperation(properties));
}

Status RestBlobService::PutBlock(const BlobAddress& address, std::string_view block_id,
                                 ByteSpan bytes) {
  RestCall call = TRY(BlobCall("put a block of", address, Asked::kWriteBlob));
  call.method = "PUT";
  call.query.push_back({"comp", "block"});
  call.query.push_back({"blockid", std::string(block_id)});
  call.headers = {{"Content-MD5", ToBase64(Md5Of(bytes))}};
  call.body = bytes;
  TRY(client_.Answer(call));
  return Ok();
}

Result<Written> RestBlobService::PutBlockList(const BlobAddress& address,
                                              std::span<const std::string> block_ids,
                                              const WriteProperties& properties,
                                              const Conditions& conditions) {
  RestCall call = TRY(BlobCall("put the block list of", address, Asked::kWriteBlob));
  const std::string xml = BlockListXml(block_ids);
  call.method = "PUT";
  call.query.push_back({"comp", "blocklist"});
  call.headers = {{"Content-Type", "application/xml"},
                  {"Content-MD5", ToBase64(Md5Of(AsBytes(xml)))}};
  if (properties.content_md5)
    call.headers.push_back({"x-ms-blob-content-md5", ToBase64(*properties.content_md5)});
  TRY(AddProperties(properties, call.headers));
  AddConditions(conditions, call.headers);
  call.body = AsBytes(xml);
  return Resolve(client_.Send(call), address, ByOperation(properties));
}

Status RestBlobService::Delete(const BlobAddress& address, const Conditions& conditions,
                               SnapshotsOfDeleted snapshots) {
  RestCall call = TRY(BlobCall("delete", address, Asked::kChangeBlob));
  call.method = "DELETE";
  AddConditions(conditions, call.headers);
  // Of a version or a snapshot the service refuses the header.
  if (snapshots == SnapshotsOfDeleted::kDelete && address.version_id.empty() &&
      address.snapshot.empty()) {
    call.headers.push_back({"x-ms-delete-snapshots", "include"});
  }
  RestOutcome outcome = client_.Send(call);
  if (outcome.ok()) return Ok();
  // An earlier attempt deleted it, and its answer was lost.
  if (outcome.maybe_made && outcome.error.code == ErrorCode::kNotFound) return Ok();
  return std::move(outcome.error);
}

}  // namespace replicafs::azure
