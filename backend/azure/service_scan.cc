#include "backend/azure/service_scan.h"

#include <cstring>
#include <unordered_set>
#include <utility>
#include <vector>

#include "backend/azure/if_there.h"
#include "backend/azure/kept_versions.h"
#include "backend/azure/service_name.h"
#include "backend/base/log.h"

namespace replicafs::azure {
namespace {

constexpr size_t kLocalPage = 5000;

// Of more than 10^9 names two are the same with a chance of 3 %; then one that is gone is found
// when somebody asks for it.
uint64_t Short(const std::string& name) {
  const Digest digest = Sha256(AsBytes(name));
  uint64_t value = 0;
  std::memcpy(&value, digest.bytes.data(), sizeof value);
  return value;
}

}  // namespace

Status ServiceScan::Blob(const BlobPath& path) {
  auto remote = TRY(IfThere(view_.service().GetProperties(LiveAddress(path))));
  return TakeUp(path, remote);
}

Result<bool> ServiceScan::IsSettled(const BlobPath& path) {
  const auto current = TRY(view_.Local(path, {}));
  const auto live = TRY(view_.Live(path));
  if (!current) return !live;
  const uint64_t published = TRY(published_());
  return current->sequence <= published && (!live || live->version == current->version);
}

Status ServiceScan::TakeUp(const BlobPath& path, const std::optional<RemoteBlob>& remote) {
  const auto live = TRY(view_.Live(path));
  const bool same = live ? remote && remote->etag == live->etag : !remote;
  if (same) return Ok();
  const bool settled = TRY(IsSettled(path));
  if (!settled) return Ok();
  if (!remote) {
    const std::vector<embedded::ServiceChange> gone{
        Mutation(ExpectState{LiveKey(path), Encode(*live)}), Mutation(RemoveState{LiveKey(path)}),
        embedded::ForgetBlob{path}};
    const auto forgotten = view_.local().ApplyForService(gone);
    const bool overtaken = !forgotten && (forgotten.error().code == ErrorCode::kPrecondition ||
                                          forgotten.error().code == ErrorCode::kNotFound);
    return forgotten || overtaken ? Ok() : Status(forgotten.error());
  }
  const auto found = view_.TakeOver(path, remote);
  if (found || found.error().code == ErrorCode::kPrecondition) return Ok();
  const ErrorCode code = found.error().code;
  if (code != ErrorCode::kInvalid && code != ErrorCode::kNameTooLong) return found.error();
  Log(LogLevel::kWarning, "'{}' cannot be shown: {}", ToString(path), found.error().message);
  return Ok();
}

Status ServiceScan::Prefix(const std::string& container, const std::string& prefix) {
  std::unordered_set<uint64_t> seen;
  ListBlobsRequest request{.container = container, .prefix = ServiceName(prefix)};
  do {
    const auto page = TRY(IfThere(view_.service().ListBlobs(request)));
    if (!page) return Ok();
    for (const RemoteBlob& blob : page->blobs) {
      if (!blob.snapshot.empty() || !blob.is_current) continue;
      const auto name = LocalName(blob.name);
      if (!name) {
        Log(LogLevel::kWarning, "the blob '{}/{}' has a name that cannot be shown", container,
            blob.name);
        continue;
      }
      seen.insert(Short(*name));
      TRY(TakeUp({container, *name}, blob));
    }
    request.marker = page->next_marker;
  } while (!request.marker.empty());

  ListRequest local{
      .container = container, .prefix = prefix, .hierarchical = false, .limit = kLocalPage};
  for (;;) {
    const auto page = TRY(IfThere(view_.local().store().List(local)));
    if (!page) return Ok();
    for (const ListItem& item : page->items) {
      const auto* info = std::get_if<BlobInfo>(&item);
      if (info == nullptr || seen.contains(Short(info->name))) continue;
      const BlobPath path{container, info->name};
      const auto live = TRY(view_.Live(path));
      if (live) TRY(Blob(path));
    }
    if (!page->more) return Ok();
    local.after = std::visit([](const auto& last) { return last.name; }, page->items.back());
  }
}

Status ServiceScan::Containers() {
  const auto containers = TRY(view_.service().ListContainers());
  for (const RemoteContainer& container : containers) {
    if (!IsShown(container.name)) continue;
    const auto there = view_.local().store().GetContainer(container.name);
    if (there) continue;
    if (there.error().code != ErrorCode::kNotFound) return there.error();
    const std::vector<embedded::ServiceChange> create{
        Mutation(CreateContainer{container.name}),
        Mutation(PutState{ContainerKey(container.name), ""})};
    const auto created = view_.local().ApplyForService(create);
    // Another caller was first, or its deletion is not over.
    if (created || created.error().code == ErrorCode::kExists ||
        created.error().code == ErrorCode::kBusy)
      continue;
    return created.error();
  }
  return Ok();
}

}  // namespace replicafs::azure
