#include "backend/azure/rest_blob_service.h"

#include <utility>

#include "backend/azure/blob_headers.h"
#include "backend/azure/blob_name_rules.h"

namespace replicafs::azure {

RestBlobService::RestBlobService(HttpClient& http, Endpoint endpoint, Credential& credential,
                                 ServiceOptions options)
    : client_(http, credential, std::move(options)), endpoint_(std::move(endpoint)) {}

RestCall RestBlobService::ContainerCall(std::string operation, std::string_view container) const {
  RestCall call;
  call.operation = std::move(operation);
  call.subject = container;
  call.asked = Asked::kContainer;
  call.url = endpoint_.ContainerUrl(container);
  call.query = {{"restype", "container"}};
  return call;
}

Result<RestCall> RestBlobService::BlobCall(std::string operation, const BlobAddress& address,
                                           Asked asked) const {
  RestCall call;
  call.operation = std::move(operation);
  call.subject = address.container + "/" + address.name;
  const std::string context = call.operation + " '" + call.subject + "'";
  if (auto checked = CheckBlobName(address.name); !checked) {
    Error error = std::move(checked).error().Within(context);
    if (asked == Asked::kRead) error.code = ErrorCode::kNotFound;
    return error;
  }
  if (!address.version_id.empty()) {
    // A service without versions takes no notice of the id, and would answer of the live blob.
    if (!has_shown_versions())
      return Error{ErrorCode::kNotSupported,
                   context + ": the account has not shown that it keeps versions"};
    call.query.push_back({"versionid", address.version_id});
  }
  if (!address.snapshot.empty()) call.query.push_back({"snapshot", address.snapshot});
  call.asked = asked;
  call.url = endpoint_.BlobUrl(address.container, address.name);
  return call;
}

RestBlobService::Recognise RestBlobService::ByOperation(const WriteProperties& properties) {
  const auto operation = properties.metadata.find(kOperationKey);
  if (operation == properties.metadata.end()) return nullptr;
  return [value = operation->second](const RemoteBlob& blob) {
    const auto found = blob.metadata.find(kOperationKey);
    return found != blob.metadata.end() && found->second == value;
  };
}

Result<Written> RestBlobService::Resolve(RestOutcome outcome, const BlobAddress& address,
                                         const Recognise& recognise) {
  if (outcome.ok()) return WrittenFromHeaders(*outcome.response);
  const ErrorCode code = outcome.error.code;
  const bool is_refusal = code == ErrorCode::kExists || code == ErrorCode::kPrecondition;
  if (!outcome.maybe_made || !is_refusal) return std::move(outcome.error);
  if (!recognise) {
    return Error{ErrorCode::kTimeout, outcome.error.message +
                                          "; the answer to an earlier attempt was lost, which may "
                                          "have been what changed the blob"};
  }
  const RemoteBlob blob = TRY(GetProperties({address.container, address.name, {}, {}}));
  if (recognise(blob)) return Written{blob.etag, blob.last_modified, blob.version_id};
  return std::move(outcome.error);
}

}  // namespace replicafs::azure
