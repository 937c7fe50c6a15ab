#include <utility>

#include "backend/azure/blob_headers.h"
#include "backend/azure/container_list_xml.h"
#include "backend/azure/rest_blob_service.h"

namespace replicafs::azure {

Result<std::vector<RemoteContainer>> RestBlobService::ListContainers() {
  std::vector<RemoteContainer> containers;
  std::string marker;
  do {
    RestCall call;
    call.operation = "list containers of";
    call.subject = endpoint_.account();
    call.asked = Asked::kContainer;
    call.url = endpoint_.ServiceUrl();
    call.query = {{"comp", "list"}, {"include", "metadata"}};
    if (!marker.empty()) call.query.push_back({"marker", marker});
    const HttpResponse response = TRY(client_.Answer(call));
    ContainerPage page = TRY(ParseContainerList(response.body));
    for (RemoteContainer& container : page.containers) containers.push_back(std::move(container));
    marker = std::move(page.next_marker);
  } while (!marker.empty());
  return containers;
}

Result<RemoteContainer> RestBlobService::GetContainer(std::string_view container) {
  RestCall call = ContainerCall("get container", container);
  call.method = "HEAD";
  const HttpResponse response = TRY(client_.Answer(call));
  return ContainerFromHeaders(container, response);
}

Status RestBlobService::CreateContainer(std::string_view container, const StringMap& metadata) {
  TRY(ValidateContainerName(container));
  RestCall call = ContainerCall("create container", container);
  call.method = "PUT";
  TRY(AddMetadata(metadata, call.headers));
  RestOutcome outcome = client_.Send(call);
  if (outcome.ok()) return Ok();
  if (!outcome.maybe_made || outcome.error.code != ErrorCode::kExists)
    return std::move(outcome.error);
  const RemoteContainer made = TRY(GetContainer(container));
  if (made.metadata == metadata) return Ok();
  return std::move(outcome.error);
}

Status RestBlobService::DeleteContainer(std::string_view container) {
  RestCall call = ContainerCall("delete container", container);
  call.method = "DELETE";
  RestOutcome outcome = client_.Send(call);
  if (outcome.ok()) return Ok();
  // An earlier attempt deleted it, and its answer was lost.
  if (outcome.maybe_made && outcome.error.code == ErrorCode::kNotFound) return Ok();
  return std::move(outcome.error);
}

}  // namespace replicafs::azure
