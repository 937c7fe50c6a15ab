#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "backend/azure/blob_headers.h"
#include "backend/azure/blob_list_xml.h"
#include "backend/azure/block_list_xml.h"
#include "backend/azure/rest_blob_service.h"
#include "backend/azure/tags_xml.h"

namespace replicafs::azure {
namespace {

// The service gives no MD5 of longer ranges.
constexpr size_t kCheckedMaxBytes = size_t{4} << 20;
constexpr size_t kPageMax = 5000;

std::string IncludeOf(const ListBlobsRequest& request) {
  std::string include;
  const auto add = [&](bool wanted, std::string_view what) {
    if (wanted) include += (include.empty() ? "" : ",") + std::string(what);
  };
  add(request.metadata, "metadata");
  add(request.tags, "tags");
  add(request.versions, "versions");
  add(request.deleted_with_versions, "deletedwithversions");
  add(request.snapshots, "snapshots");
  add(request.uncommitted, "uncommittedblobs");
  return include;
}

// Puts a body into a span that must be large enough.
struct Filling {
  std::span<std::byte> into;
  size_t filled = 0;

  Status Take(ByteSpan bytes) {
    if (bytes.size() > into.size() - filled)
      return Error{ErrorCode::kInternal, "the service sent more bytes than were asked for"};
    std::memcpy(into.data() + filled, bytes.data(), bytes.size());
    filled += bytes.size();
    return Ok();
  }
};

Status CheckMd5(const HttpResponse& response, ByteSpan bytes) {
  const auto md5 = Md5FromWire(response.Header("Content-MD5").value_or(""));
  if (!md5 || *md5 == Md5Of(bytes)) return Ok();
  return Error{ErrorCode::kCorrupt, "the bytes that arrived do not have the service's MD5"};
}

}  // namespace

Result<RemotePage> RestBlobService::ListBlobs(const ListBlobsRequest& request) {
  if ((request.versions || request.deleted_with_versions) && !has_shown_versions())
    return Error{
        ErrorCode::kNotSupported,
        "list '" + request.container + "': the account has not shown that it keeps versions"};
  RestCall call = ContainerCall("list", request.container);
  call.query.push_back({"comp", "list"});
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) call.query.push_back({name, value});
  };
  add("prefix", request.prefix);
  add("delimiter", request.delimiter);
  add("marker", request.marker);
  add("maxresults", std::to_string(std::clamp(request.limit, size_t{1}, kPageMax)));
  add("include", IncludeOf(request));
  const HttpResponse response = TRY(client_.Answer(call));
  return ParseBlobList(response.body);
}

Result<RemoteBlob> RestBlobService::GetProperties(const BlobAddress& address) {
  RestCall call = TRY(BlobCall("get properties of", address, Asked::kRead));
  call.method = "HEAD";
  const HttpResponse response = TRY(client_.Answer(call));
  return BlobFromHeaders(address, response);
}

Result<size_t> RestBlobService::Read(const ReadRequest& request, std::span<std::byte> into) {
  if (into.empty()) return 0;
  RestCall call = TRY(BlobCall("read", request.address, Asked::kRead));
  call.headers.push_back(
      {"x-ms-range", fmt::format("bytes={}-{}", request.offset, request.offset + into.size() - 1)});
  if (into.size() <= kCheckedMaxBytes)
    call.headers.push_back({"x-ms-range-get-content-md5", "true"});
  AddConditions({.if_match = request.if_match}, call.headers);
  call.answer_bytes = into.size();
  call.stop = request.stop;
  Filling filling{into};
  call.sink = [&]() -> HttpSink {
    filling.filled = 0;
    return [&](ByteSpan bytes) { return filling.Take(bytes); };
  };
  call.check = [&](const HttpResponse& response) {
    return CheckMd5(response, into.first(filling.filled));
  };
  RestOutcome outcome = client_.Send(call);
  if (outcome.ok()) return filling.filled;
  if (outcome.service_error.status == 416) return 0;  // it begins behind the blob's end
  return std::move(outcome.error);
}

Result<std::vector<RemoteBlock>> RestBlobService::GetBlocks(const BlobAddress& address) {
  RestCall call = TRY(BlobCall("get blocks of", address, Asked::kRead));
  call.query.push_back({"comp", "blocklist"});
  call.query.push_back({"blocklisttype", "committed"});
  const HttpResponse response = TRY(client_.Answer(call));
  return ParseBlockList(response.body);
}

Result<StringMap> RestBlobService::GetTags(const BlobAddress& address) {
  RestCall call = TRY(BlobCall("get tags of", address, Asked::kRead));
  call.query.push_back({"comp", "tags"});
  const HttpResponse response = TRY(client_.Answer(call));
  return ParseTags(response.body);
}

}  // namespace replicafs::azure
