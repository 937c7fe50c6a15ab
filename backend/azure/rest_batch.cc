#include <utility>

#include "backend/azure/batch.h"
#include "backend/azure/rest_blob_service.h"

namespace replicafs::azure {
namespace {

Error Invalid(std::string why) {
  return Error{ErrorCode::kInvalid, "delete a batch: " + std::move(why)};
}

}  // namespace

Result<std::vector<Status>> RestBlobService::DeleteBatch(std::span<const BlobAddress> addresses) {
  if (addresses.empty()) return std::vector<Status>();
  if (addresses.size() > kBatchMaxParts)
    return Invalid("it takes up to " + std::to_string(kBatchMaxParts) + " blobs");
  const std::string& container = addresses[0].container;
  std::vector<HttpRequest> parts;
  for (const BlobAddress& address : addresses) {
    if (address.container != container) return Invalid("its blobs lie in several containers");
    RestCall part = TRY(BlobCall("delete", address, Asked::kChangeBlob));
    HttpRequest request;
    request.method = "DELETE";
    request.url = std::move(part.url);
    AppendQuery(request.url, ToString(part.query));
    TRY(client_.credential().Authorize(request, {client_.Now()}));
    parts.push_back(std::move(request));
  }

  const HttpResponse response = TRY(SendBatch(container, parts));
  const auto answers = TRY(ParseBatchAnswer(response, addresses.size()));
  std::vector<Status> results;
  for (size_t i = 0; i < addresses.size(); ++i)
    results.push_back(ResultOfPart(addresses[i], answers[i]));
  return results;
}

// To the service, as Azurite takes it with signatures of an account; a signature of a container
// does not reach that far.
Result<HttpResponse> RestBlobService::SendBatch(const std::string& container,
                                                std::span<const HttpRequest> parts) {
  const std::string boundary = "batch_" + NewGuid();
  const std::string body = BatchBody(parts, boundary);
  RestCall call = ContainerCall("delete a batch in", container);
  call.asked = Asked::kChangeBlob;
  call.method = "POST";
  call.headers = {{"Content-Type", "multipart/mixed; boundary=" + boundary}};
  call.body = AsBytes(body);
  RestCall to_service = call;
  to_service.url = endpoint_.ServiceUrl();
  to_service.query = {{"comp", "batch"}};
  call.query.push_back({"comp", "batch"});
  if (!batches_in_container_) {
    RestOutcome outcome = client_.Send(to_service);
    if (outcome.ok()) return std::move(*outcome.response);
    if (outcome.service_error.status != 403) return std::move(outcome.error);
  }
  HttpResponse response = TRY(client_.Answer(call));
  batches_in_container_ = true;
  return response;
}

// What may pass is tried again alone.
Status RestBlobService::ResultOfPart(const BlobAddress& address,
                                     const std::optional<HttpResponse>& answer) {
  if (answer && answer->status >= 200 && answer->status < 300) return Ok();
  if (answer && answer->status >= 400) {
    const ServiceError error = ReadServiceError(*answer);
    const std::string subject = address.container + "/" + address.name;
    if (PassingOf(error) == Passing::kNo && !RefusesCredentials(error))
      return ErrorOf(error, {.operation = "delete",
                             .subject = subject,
                             .asked = Asked::kChangeBlob,
                             .now = client_.Now()});
  }
  return Delete(address, {}, SnapshotsOfDeleted::kKeepBlob);
}

}  // namespace replicafs::azure
